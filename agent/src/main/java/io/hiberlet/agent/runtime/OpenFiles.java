package io.hiberlet.agent.runtime;

import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.FileStatus;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.OpenFile;
import io.hiberlet.agent.runtime.file.OpenMode;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The descriptors that one guest has open beyond the standard ones: its root, which stays open, and
 * what it opened. One that was open before a suspension is opened anew, by its path, when it is
 * first used. Used by the guest's thread.
 */
final class OpenFiles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);

  /** The folder that everything is in. */
  static final int ROOT = 3;

  private static final int MOST_OPEN = 64;

  /** One open file or folder. */
  static final class Open {
    final boolean reads;
    final boolean writes;
    String path;
    long offset;
    int flags;

    /** What a listing that goes on goes on with; null when none does. */
    @Nullable List<String> names;

    /** Null for a folder, and while it was not used since a suspension. */
    private @Nullable OpenFile file;

    Open(String path, boolean reads, boolean writes, int flags) {
      this.path = path;
      this.reads = reads;
      this.writes = writes;
      this.flags = flags;
    }

    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  private final FileTree tree;
  private final TreeMap<Integer, Open> open = new TreeMap<>();

  /**
   * @param before what the guest had open when it was suspended
   */
  OpenFiles(FileTree tree, List<OpenDescriptor> before) {
    this.tree = tree;
    open.put(ROOT, new Open(FileTree.ROOT, true, false, 0));
    for (OpenDescriptor each : before) {
      Open again = new Open(each.path(), each.reads(), each.writes(), each.flags());
      again.offset = each.offset();
      open.put(each.number(), again);
    }
  }

  FileTree tree() {
    return tree;
  }

  @Nullable Open get(int descriptor) {
    return open.get(descriptor);
  }

  /** Refuses that one more is opened. */
  void requireRoom() throws FileException {
    if (open.size() >= MOST_OPEN) {
      throw new FileException(WasiErrno.MFILE);
    }
  }

  /** Gives what was opened the lowest number that is free. */
  int add(Open opened, @Nullable OpenFile file) {
    int number = ROOT;
    while (open.containsKey(number)) {
      number++;
    }
    opened.file = file;
    open.put(number, opened);
    return number;
  }

  /** Closes a descriptor. */
  void close(int descriptor) throws IOException {
    Open closed = open.remove(descriptor);
    if (closed != null && closed.file != null) {
      closed.file.close();
    }
  }

  /** The descriptor means from now on what the other did, which is closed. */
  void move(int from, int to) throws IOException {
    if (from != to) {
      close(to);
      open.put(to, open.remove(from));
    }
  }

  /** What has moved is still open where it is now. */
  void renamed(String from, String to) {
    for (Open each : open.values()) {
      if (each.path.equals(from) || each.path.startsWith(from + "/")) {
        each.path = to + each.path.substring(from.length());
      }
    }
  }

  /** One listing is kept at a time. */
  void forgetListings() {
    open.values().forEach(each -> each.names = null);
  }

  /** The file behind a descriptor, which is none of a folder. */
  OpenFile file(Open descriptor) throws IOException {
    OpenFile known = descriptor.file;
    if (known != null) {
      return known;
    }
    FileStatus there =
        tree.find(descriptor.path).orElseThrow(() -> new FileException(WasiErrno.IO));
    if (there.folder()) {
      throw new FileException(WasiErrno.ISDIR);
    }
    OpenFile again =
        tree.open(descriptor.path, OpenMode.existing(descriptor.reads, descriptor.writes));
    descriptor.file = again;
    return again;
  }

  /** What is known of what is open: of a file without a name its size only. */
  FileStatus status(Open descriptor) throws IOException {
    OpenFile file = descriptor.file;
    return file == null
        ? tree.find(descriptor.path).orElseThrow(() -> new FileException(WasiErrno.NOENT))
        : file.status(tree.find(descriptor.path));
  }

  boolean isFolder(Open descriptor) throws IOException {
    return descriptor.file == null
        && tree.find(descriptor.path).map(FileStatus::folder).orElse(false);
  }

  /** What is open, but for the root. */
  List<OpenDescriptor> capture() {
    List<OpenDescriptor> all = new ArrayList<>();
    open.tailMap(ROOT, false)
        .forEach(
            (number, each) ->
                all.add(
                    new OpenDescriptor(
                        number, each.path, each.offset, each.reads, each.writes, each.flags)));
    return all;
  }

  /** Lets go of all files; the guest is gone. */
  @Override
  public void close() {
    for (Open each : open.values()) {
      OpenFile file = each.file;
      each.file = null;
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          log.atWarn().addKeyValue("path", each.path).setCause(e).log("A file was not closed well");
        }
      }
    }
  }
}
