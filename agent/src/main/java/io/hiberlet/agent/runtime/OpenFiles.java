package io.hiberlet.agent.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that one guest has open beyond the standard ones: its root, which stays open, and
 * what it opened. A file is read as a whole when it is first read from; so one that is replaced
 * meanwhile is still read as it was. Used by the guest's thread.
 */
final class OpenFiles {
  /** The folder that everything is in. */
  static final int ROOT = 3;

  private static final int MOST_OPEN = 64;

  /** All that a guest has read of and not closed. */
  private static final int MOST_BYTES = 8 << 20;

  /** One open file or folder. */
  static final class Open {
    final String path;
    long offset;
    private byte @Nullable [] content;

    Open(String path, long offset) {
      this.path = path;
      this.offset = offset;
    }
  }

  private final FileTree tree;
  private final TreeMap<Integer, Open> open = new TreeMap<>();

  /**
   * @param before what the guest had open when it was suspended
   */
  OpenFiles(FileTree tree, List<OpenDescriptor> before) {
    this.tree = tree;
    open.put(ROOT, new Open(FileTree.ROOT, 0));
    for (OpenDescriptor each : before) {
      open.put(each.number(), new Open(each.path(), each.offset()));
    }
  }

  FileTree tree() {
    return tree;
  }

  @Nullable Open get(int descriptor) {
    return open.get(descriptor);
  }

  /** Opens what is there; -1 when too much is open. */
  int add(String path) {
    if (open.size() >= MOST_OPEN) {
      return -1;
    }
    int number = ROOT;
    while (open.containsKey(number)) {
      number++;
    }
    open.put(number, new Open(path, 0));
    return number;
  }

  void close(int descriptor) {
    open.remove(descriptor);
  }

  /** The descriptor means from now on what the other did, which is closed. */
  void move(int from, int to) {
    open.put(to, open.remove(from));
  }

  /** The bytes of a file. */
  byte[] content(Open file) throws IOException {
    byte[] known = file.content;
    if (known != null) {
      return known;
    }
    long held = 0;
    for (Open each : open.values()) {
      byte[] content = each.content;
      held += content == null ? 0 : content.length;
    }
    byte[] read = tree.read(file.path, (int) (MOST_BYTES - held));
    file.content = read;
    return read;
  }

  /** What is open, but for the root. */
  List<OpenDescriptor> capture() {
    List<OpenDescriptor> all = new ArrayList<>();
    open.tailMap(ROOT, false)
        .forEach((number, each) -> all.add(new OpenDescriptor(number, each.path, each.offset)));
    return all;
  }
}
