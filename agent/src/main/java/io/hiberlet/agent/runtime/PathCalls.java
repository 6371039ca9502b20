package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.FileStatus;
import io.hiberlet.agent.runtime.file.GuestPath;
import io.hiberlet.agent.runtime.file.OpenFile;
import io.hiberlet.agent.runtime.file.OpenMode;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls that open, make, move and remove what a path leads to. There are no links. */
final class PathCalls {
  private static final int CREATE = 1;
  private static final int DIRECTORY = 1 << 1;
  private static final int EXCLUSIVE = 1 << 2;
  private static final int TRUNCATE = 1 << 3;

  private final OpenFiles files;

  PathCalls(OpenFiles files) {
    this.files = files;
  }

  Map<String, FileCall> byName() {
    return Map.of(
        "path_open", this::open,
        "path_create_directory", this::makeFolder,
        "path_remove_directory", this::removeFolder,
        "path_unlink_file", this::unlink,
        "path_rename", this::rename,
        "path_link", (instance, open, args) -> WasiErrno.NOTSUP,
        "path_readlink", (instance, open, args) -> WasiErrno.INVAL);
  }

  private int open(Instance instance, Open folder, long[] args) throws IOException {
    FileCall.requireInside(instance, (int) args[8], Integer.BYTES);
    GuestPath given = path(instance, folder, args[2], args[3]);
    int flags = (int) args[4];
    int descriptorFlags = (int) args[7];
    FileCall.require(OpenDescriptor.hasOnly(descriptorFlags), WasiErrno.INVAL);
    files.requireRoom();
    OpenMode mode =
        new OpenMode(
            (args[5] & FileRights.READ) != 0,
            (args[5] & FileRights.WRITE) != 0,
            (flags & CREATE) != 0,
            (flags & EXCLUSIVE) != 0,
            (flags & TRUNCATE) != 0);
    boolean onlyFolder = given.isFolder() || (flags & DIRECTORY) != 0;
    OpenFile file = open(given.path(), mode, onlyFolder);
    Open opened =
        new Open(given.path(), mode.reads(), file != null && mode.writes(), descriptorFlags);
    instance.memory().writeI32((int) args[8], files.add(opened, file));
    return WasiErrno.SUCCESS;
  }

  /** Null for a folder, which is looked up anew each time that it is used. */
  private @Nullable OpenFile open(String path, OpenMode mode, boolean onlyFolder)
      throws IOException {
    Optional<FileStatus> there = files.tree().find(path);
    if (there.isPresent()) {
      FileCall.require(!mode.creates() || !mode.exclusive(), WasiErrno.EXIST);
      FileCall.require(there.get().folder() || !onlyFolder, WasiErrno.NOTDIR);
      if (there.get().folder()) {
        FileCall.require(!mode.writes() && !mode.truncates(), WasiErrno.ISDIR);
        return null;
      }
    } else if (onlyFolder) {
      throw new FileException(mode.creates() ? WasiErrno.INVAL : WasiErrno.NOENT);
    }
    return files.tree().open(path, mode);
  }

  private int makeFolder(Instance instance, Open folder, long[] args) throws IOException {
    files.tree().makeFolder(path(instance, folder, args[1], args[2]).path());
    return WasiErrno.SUCCESS;
  }

  private int removeFolder(Instance instance, Open folder, long[] args) throws IOException {
    files.tree().removeFolder(inside(instance, folder, args[1], args[2]).path());
    return WasiErrno.SUCCESS;
  }

  private int unlink(Instance instance, Open folder, long[] args) throws IOException {
    GuestPath path = inside(instance, folder, args[1], args[2]);
    FileCall.require(!path.isFolder(), WasiErrno.NOTDIR);
    files.tree().unlink(path.path());
    return WasiErrno.SUCCESS;
  }

  private int rename(Instance instance, Open folder, long[] args) throws IOException {
    GuestPath from = inside(instance, folder, args[1], args[2]);
    Open newFolder = files.get((int) args[3]);
    if (newFolder == null) {
      return WasiErrno.BADF;
    }
    GuestPath to = inside(instance, newFolder, args[4], args[5]);
    if (from.isFolder() || to.isFolder()) {
      boolean moved = files.tree().find(from.path()).map(FileStatus::folder).orElse(true);
      FileCall.require(moved, WasiErrno.NOTDIR);
    }
    files.tree().rename(from.path(), to.path());
    files.renamed(from.path(), to.path());
    return WasiErrno.SUCCESS;
  }

  private GuestPath path(Instance instance, Open folder, long pointer, long length)
      throws IOException {
    return GuestBuffers.path(instance, files, folder, (int) pointer, (int) length);
  }

  /** Refuses the folder itself: a name is needed to take away. */
  private GuestPath inside(Instance instance, Open folder, long pointer, long length)
      throws IOException {
    GuestPath path = path(instance, folder, pointer, length);
    FileCall.require(!path.path().equals(folder.path), WasiErrno.INVAL);
    return path;
  }
}
