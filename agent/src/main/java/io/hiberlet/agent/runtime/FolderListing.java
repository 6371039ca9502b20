package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileStatus;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code fd_readdir}. A listing that a guest reads in parts is that of its beginning, but for what
 * has gone since; its cookies are positions in it.
 */
final class FolderListing {
  private static final int ENTRY_BYTES = 24;

  private final OpenFiles files;

  FolderListing(OpenFiles files) {
    this.files = files;
  }

  Map<String, FileCall> byName() {
    return Map.of("fd_readdir", this::read);
  }

  private int read(Instance instance, Open open, long[] args) throws IOException {
    int room = (int) args[2];
    long cookie = args[3];
    FileCall.require(cookie >= 0 && room >= 0, WasiErrno.INVAL);
    FileCall.requireInside(instance, (int) args[1], room);
    FileCall.requireInside(instance, (int) args[4], Integer.BYTES);
    FileCall.require(files.isFolder(open), WasiErrno.NOTDIR);
    List<String> names = names(open, cookie);
    int used = 0;
    int next = (int) Math.min(cookie, names.size());
    for (; next < names.size() && used < room; next++) {
      Optional<byte[]> entry = entry(open.path, names.get(next), next + 1);
      if (entry.isPresent()) {
        int length = Math.min(entry.get().length, room - used);
        instance.memory().write((int) args[1] + used, entry.get(), 0, length);
        used += length;
      }
    }
    if (used < room) { // which tells the guest that this was the end
      open.names = null;
    }
    instance.memory().writeI32((int) args[4], used);
    return WasiErrno.SUCCESS;
  }

  private List<String> names(Open open, long cookie) throws IOException {
    List<String> before = open.names;
    if (cookie > 0 && before != null) {
      return before;
    }
    List<String> names = new ArrayList<>(List.of(".", ".."));
    names.addAll(files.tree().list(open.path));
    files.forgetListings();
    open.names = names;
    return names;
  }

  /** Empty for what a guest cannot see, or not any more. */
  private Optional<byte[]> entry(String folder, String name, long next) throws IOException {
    String path = FileTree.child(folder, name);
    boolean isSpecial = name.equals(".") || name.equals("..");
    Optional<FileStatus> status = files.tree().find(isSpecial ? folder : path);
    byte[] text = name.getBytes(UTF_8);
    return status.map(
        known ->
            GuestBuffers.bytes(
                GuestBuffers.record(ENTRY_BYTES + text.length)
                    .putLong(0, next)
                    .putLong(8, StatusCalls.inode(path))
                    .putInt(16, text.length)
                    .put(20, StatusCalls.kind(known))
                    .put(ENTRY_BYTES, text)));
  }
}
