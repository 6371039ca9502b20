package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import io.hiberlet.agent.runtime.FileTree.Node;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * WASI's file calls over what a guest may read. Not Chicory's: that opens files of this machine by
 * their paths, follows every symbolic link, and knows no read-only. Used by the guest's thread.
 */
final class WasiFiles {
  private static final int DIRECTORY = 3;
  private static final int REGULAR_FILE = 4;

  private static final int OPEN_CREATE = 1;
  private static final int OPEN_DIRECTORY = 2;
  private static final int OPEN_EXCLUSIVE = 4;
  private static final int OPEN_TRUNCATE = 8;

  private static final long FD_READ = 1L << 1;
  private static final long FD_SEEK = 1L << 2;
  private static final long FD_TELL = 1L << 5;
  private static final long FD_WRITE = 1L << 6;
  private static final long PATH_OPEN = 1L << 13;
  private static final long FD_READDIR = 1L << 14;
  private static final long PATH_FILESTAT_GET = 1L << 18;
  private static final long FD_FILESTAT_GET = 1L << 21;
  private static final long FILE_RIGHTS = FD_READ | FD_SEEK | FD_TELL | FD_FILESTAT_GET;
  private static final long FOLDER_RIGHTS =
      PATH_OPEN | FD_READDIR | PATH_FILESTAT_GET | FD_FILESTAT_GET;

  private static final int FDSTAT_BYTES = 24;
  private static final int FILESTAT_BYTES = 64;
  private static final int ENTRY_BYTES = 24;
  private static final int PRESTAT_BYTES = 8;

  private static final int SEEK_SET = 0;
  private static final int SEEK_CURRENT = 1;
  private static final int SEEK_END = 2;

  private final OpenFiles files;

  WasiFiles(OpenFiles files) {
    this.files = files;
  }

  /** A call that concerns an open descriptor. */
  @FunctionalInterface
  private interface Call {
    int answer(Instance instance, Open open, long[] args) throws IOException;
  }

  /**
   * The calls by their names.
   *
   * @param standard answers for the standard descriptors
   */
  Map<String, WasmFunctionHandle> over(Map<String, WasmFunctionHandle> standard) {
    Map<String, Call> calls = new HashMap<>();
    calls.put("fd_advise", (instance, open, args) -> WasiErrno.SUCCESS);
    calls.put("fd_allocate", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("fd_close", this::close);
    calls.put("fd_datasync", (instance, open, args) -> WasiErrno.SUCCESS);
    calls.put("fd_fdstat_get", this::descriptorStatus);
    calls.put("fd_fdstat_set_flags", (instance, open, args) -> WasiErrno.NOTSUP);
    calls.put("fd_fdstat_set_rights", (instance, open, args) -> WasiErrno.NOTSUP);
    calls.put("fd_filestat_get", (instance, open, args) -> status(instance, open.path, args[1]));
    calls.put("fd_filestat_set_size", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("fd_filestat_set_times", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("fd_pread", this::readAt);
    calls.put("fd_prestat_dir_name", this::rootName);
    calls.put("fd_prestat_get", this::rootStatus);
    calls.put("fd_pwrite", (instance, open, args) -> WasiErrno.BADF);
    calls.put("fd_read", this::read);
    calls.put("fd_readdir", this::readFolder);
    calls.put("fd_renumber", this::renumber);
    calls.put("fd_seek", this::seek);
    calls.put("fd_sync", (instance, open, args) -> WasiErrno.SUCCESS);
    calls.put("fd_tell", this::tell);
    calls.put("fd_write", (instance, open, args) -> WasiErrno.BADF);
    calls.put("path_create_directory", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("path_filestat_get", this::pathStatus);
    calls.put("path_filestat_set_times", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("path_link", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("path_open", this::open);
    calls.put("path_readlink", (instance, open, args) -> WasiErrno.INVAL);
    calls.put("path_remove_directory", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("path_rename", (instance, open, args) -> WasiErrno.ROFS);
    calls.put("path_unlink_file", (instance, open, args) -> WasiErrno.ROFS);
    Map<String, WasmFunctionHandle> handles = new HashMap<>(standard);
    calls.forEach(
        (name, call) -> handles.computeIfPresent(name, (same, rest) -> handle(call, rest)));
    handles.put("path_symlink", (instance, args) -> new long[] {WasiErrno.ROFS});
    return handles;
  }

  private WasmFunctionHandle handle(Call call, WasmFunctionHandle standard) {
    return (instance, args) -> {
      int descriptor = (int) args[0];
      if (descriptor >= 0 && descriptor < OpenFiles.ROOT) {
        return standard.apply(instance, args);
      }
      Open open = files.get(descriptor);
      if (open == null) {
        return new long[] {WasiErrno.BADF};
      }
      try {
        return new long[] {call.answer(instance, open, args)};
      } catch (IOException e) {
        return new long[] {WasiErrno.IO};
      }
    };
  }

  private int open(Instance instance, Open folder, long[] args) throws IOException {
    if (!GuestPointers.inside(instance, (int) args[8], Integer.BYTES)) {
      return WasiErrno.FAULT;
    }
    Lookup lookup = lookup(instance, folder, (int) args[2], (int) args[3]);
    Node node = lookup.node();
    int flags = (int) args[4];
    boolean creates = (flags & OPEN_CREATE) != 0;
    if (node == null) {
      return lookup.errno() == WasiErrno.NOENT && creates ? WasiErrno.ROFS : lookup.errno();
    }
    if (creates && (flags & OPEN_EXCLUSIVE) != 0) {
      return WasiErrno.EXIST;
    }
    boolean writes = (args[5] & FD_WRITE) != 0 || (flags & OPEN_TRUNCATE) != 0;
    if (writes) {
      return node.folder() ? WasiErrno.ISDIR : WasiErrno.ROFS;
    }
    if (!node.folder() && (flags & OPEN_DIRECTORY) != 0) {
      return WasiErrno.NOTDIR;
    }
    int number = files.add(lookup.path());
    if (number < 0) {
      return WasiErrno.MFILE;
    }
    instance.memory().writeI32((int) args[8], number);
    return WasiErrno.SUCCESS;
  }

  /**
   * What a path led to.
   *
   * @param errno why there is no node
   */
  private record Lookup(String path, @Nullable Node node, int errno) {
    static Lookup failed(int errno) {
      return new Lookup("", null, errno);
    }
  }

  private Lookup lookup(Instance instance, Open folder, int pointer, int length)
      throws IOException {
    if (length > GuestBuffers.MOST_PATH_BYTES) {
      return Lookup.failed(WasiErrno.NAMETOOLONG);
    }
    String given = GuestBuffers.text(instance, pointer, length);
    if (given == null) {
      return Lookup.failed(WasiErrno.INVAL);
    }
    if (!isFolder(folder)) {
      return Lookup.failed(WasiErrno.NOTDIR);
    }
    try {
      String path = GuestPath.resolve(folder.path, given);
      Optional<Node> node = files.tree().find(path);
      if (node.isPresent() && !node.get().folder() && given.endsWith("/")) {
        return Lookup.failed(WasiErrno.NOTDIR);
      }
      return new Lookup(path, node.orElse(null), WasiErrno.NOENT);
    } catch (GuestPath.EscapeException e) {
      return Lookup.failed(WasiErrno.NOTCAPABLE);
    }
  }

  private boolean isFolder(Open open) throws IOException {
    return files.tree().find(open.path).map(Node::folder).orElse(false);
  }

  private int close(Instance instance, Open open, long[] args) {
    if ((int) args[0] == OpenFiles.ROOT) {
      return WasiErrno.NOTSUP;
    }
    files.close((int) args[0]);
    return WasiErrno.SUCCESS;
  }

  private int renumber(Instance instance, Open open, long[] args) {
    int from = (int) args[0];
    int to = (int) args[1];
    if (from == OpenFiles.ROOT || (to >= 0 && to <= OpenFiles.ROOT)) {
      return WasiErrno.NOTSUP;
    }
    if (files.get(to) == null) {
      return WasiErrno.BADF;
    }
    files.move(from, to);
    return WasiErrno.SUCCESS;
  }

  private int read(Instance instance, Open open, long[] args) throws IOException {
    return read(instance, open, args, open.offset, (int) args[3], true);
  }

  private int readAt(Instance instance, Open open, long[] args) throws IOException {
    return args[3] < 0
        ? WasiErrno.INVAL
        : read(instance, open, args, args[3], (int) args[4], false);
  }

  private int read(
      Instance instance, Open open, long[] args, long from, int countPointer, boolean moves)
      throws IOException {
    if (isFolder(open)) {
      return WasiErrno.ISDIR;
    }
    if (!GuestPointers.inside(instance, countPointer, Integer.BYTES)) {
      return WasiErrno.FAULT;
    }
    int count =
        GuestBuffers.scatter(instance, (int) args[1], (int) args[2], files.content(open), from);
    if (count < 0) {
      return WasiErrno.FAULT;
    }
    if (moves) {
      open.offset += count;
    }
    instance.memory().writeI32(countPointer, count);
    return WasiErrno.SUCCESS;
  }

  private int seek(Instance instance, Open open, long[] args) throws IOException {
    if (isFolder(open)) {
      return WasiErrno.ISDIR;
    }
    if (!GuestPointers.inside(instance, (int) args[3], Long.BYTES)) {
      return WasiErrno.FAULT;
    }
    int whence = (int) args[2];
    if (whence < SEEK_SET || whence > SEEK_END) {
      return WasiErrno.INVAL;
    }
    long base =
        whence == SEEK_SET ? 0 : whence == SEEK_CURRENT ? open.offset : files.content(open).length;
    long offset = base + args[1];
    if (offset < 0 || (args[1] > 0 && offset < base)) {
      return WasiErrno.INVAL;
    }
    open.offset = offset;
    instance.memory().writeLong((int) args[3], offset);
    return WasiErrno.SUCCESS;
  }

  private int tell(Instance instance, Open open, long[] args) throws IOException {
    if (isFolder(open)) {
      return WasiErrno.ISDIR;
    }
    return write(instance, (int) args[1], buffer(Long.BYTES).putLong(0, open.offset));
  }

  private int readFolder(Instance instance, Open open, long[] args) throws IOException {
    int room = (int) args[2];
    long cookie = args[3];
    if (cookie < 0 || room < 0) {
      return WasiErrno.INVAL;
    }
    if (!GuestPointers.inside(instance, (int) args[1], room)
        || !GuestPointers.inside(instance, (int) args[4], Integer.BYTES)) {
      return WasiErrno.FAULT;
    }
    Optional<Node> folder = files.tree().find(open.path);
    if (folder.isEmpty() || !folder.get().folder()) {
      return WasiErrno.NOTDIR;
    }
    List<String> names = new ArrayList<>(List.of(".", ".."));
    names.addAll(files.tree().list(open.path, folder.get()));
    int used = 0;
    for (int i = (int) Math.min(cookie, names.size()); i < names.size() && used < room; i++) {
      byte[] entry = entry(open.path, names.get(i), i + 1);
      int length = Math.min(entry.length, room - used);
      instance.memory().write((int) args[1] + used, entry, 0, length);
      used += length;
    }
    instance.memory().writeI32((int) args[4], used);
    return WasiErrno.SUCCESS;
  }

  private byte[] entry(String folder, String name, long next) throws IOException {
    String path = FileTree.child(folder, name);
    boolean isSpecial = name.equals(".") || name.equals("..");
    boolean isFile =
        !isSpecial && files.tree().find(path).map(node -> !node.folder()).orElse(false);
    byte[] text = name.getBytes(UTF_8);
    return buffer(ENTRY_BYTES + text.length)
        .putLong(0, next)
        .putLong(8, inode(path))
        .putInt(16, text.length)
        .put(20, (byte) (isFile ? REGULAR_FILE : DIRECTORY))
        .put(ENTRY_BYTES, text)
        .array();
  }

  private int descriptorStatus(Instance instance, Open open, long[] args) throws IOException {
    boolean folder = isFolder(open);
    return write(
        instance,
        (int) args[1],
        buffer(FDSTAT_BYTES)
            .put(0, (byte) (folder ? DIRECTORY : REGULAR_FILE))
            .putLong(8, folder ? FOLDER_RIGHTS : FILE_RIGHTS)
            .putLong(16, folder ? FOLDER_RIGHTS | FILE_RIGHTS : 0));
  }

  private int pathStatus(Instance instance, Open open, long[] args) throws IOException {
    Lookup lookup = lookup(instance, open, (int) args[2], (int) args[3]);
    return lookup.node() == null ? lookup.errno() : status(instance, lookup.path(), args[4]);
  }

  private int status(Instance instance, String path, long pointer) throws IOException {
    Optional<Node> found = files.tree().find(path);
    if (found.isEmpty()) {
      return WasiErrno.NOENT;
    }
    Node node = found.get();
    long modified = nanos(node.modified());
    return write(
        instance,
        (int) pointer,
        buffer(FILESTAT_BYTES)
            .putLong(8, inode(path))
            .put(16, (byte) (node.folder() ? DIRECTORY : REGULAR_FILE))
            .putLong(24, 1)
            .putLong(32, node.size())
            .putLong(40, modified)
            .putLong(48, modified)
            .putLong(56, modified));
  }

  private int rootStatus(Instance instance, Open open, long[] args) {
    return (int) args[0] == OpenFiles.ROOT
        ? write(instance, (int) args[1], buffer(PRESTAT_BYTES).putInt(4, FileTree.ROOT.length()))
        : WasiErrno.BADF;
  }

  private int rootName(Instance instance, Open open, long[] args) {
    if ((int) args[0] != OpenFiles.ROOT) {
      return WasiErrno.BADF;
    }
    byte[] name = FileTree.ROOT.getBytes(UTF_8);
    return Integer.compareUnsigned((int) args[2], name.length) < 0
        ? WasiErrno.NAMETOOLONG
        : write(instance, (int) args[1], ByteBuffer.wrap(name));
  }

  private static int write(Instance instance, int pointer, ByteBuffer bytes) {
    if (!GuestPointers.inside(instance, pointer, bytes.capacity())) {
      return WasiErrno.FAULT;
    }
    byte[] copy = new byte[bytes.capacity()];
    bytes.get(0, copy);
    instance.memory().write(pointer, copy);
    return WasiErrno.SUCCESS;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The same for the same path, and never 0. */
  private static long inode(String path) {
    return Integer.toUnsignedLong(path.hashCode()) + 1;
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
