package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.Parser;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.GuestMount;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes file calls as a guest does, with nothing but a memory of 64 KiB. */
final class FileCalls implements AutoCloseable {
  static final int ROOT = 3;
  static final int OUTSIDE = 1 << 20;
  static final int RESULT = 512;
  static final int PATH = 1024;
  static final int OTHER_PATH = 6144;
  static final int BUFFERS = 2048;
  static final int DATA = 12_288;
  static final long READ = 1L << 1;
  static final long WRITE = 1L << 6;
  static final int CREATE = 1;
  static final int EXCLUSIVE = 4;
  static final int TRUNCATE = 8;
  static final int APPEND = 1;

  final Instance instance;
  private final FileTree tree;
  private OpenFiles files;
  private Map<String, WasmFunctionHandle> calls;

  FileCalls(GuestMount... mounts) {
    this.tree = new FileTree(List.of(mounts));
    byte[] memoryOnly = WasmBytes.module(WasmBytes.section(5, new byte[] {1, 0, 1}));
    this.instance =
        Instance.builder(Parser.parse(memoryOnly))
            .withImportValues(ImportValues.builder().build())
            .build();
    this.files = new OpenFiles(tree, List.of());
    this.calls = handles(files);
  }

  /** Goes to sleep and comes back. */
  void sleep() {
    List<OpenDescriptor> open = files.capture();
    files.close();
    files = new OpenFiles(tree, open);
    calls = handles(files);
  }

  private static Map<String, WasmFunctionHandle> handles(OpenFiles files) {
    Map<String, WasmFunctionHandle> standard = new HashMap<>();
    var nowhere =
        new GuestEnvironment(
            GuestSettings.NONE,
            List.of(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            0);
    new WasiCalls(
            nowhere, GuestClock.starting(), new OpenFiles(new FileTree(List.of()), List.of()), null)
        .functions()
        .forEach(function -> standard.put(function.name(), function.handle()));
    return new WasiFiles(files).over(standard);
  }

  int call(String name, long... args) {
    return (int) calls.get(name).apply(instance, args)[0];
  }

  /** A call about one path. */
  int onPath(String name, String path) {
    return call(name, ROOT, PATH, put(PATH, path));
  }

  int rename(String from, String to) {
    int length = put(PATH, from);
    return call("path_rename", ROOT, PATH, length, ROOT, OTHER_PATH, put(OTHER_PATH, to));
  }

  /** Puts a text into memory; its length. */
  int put(int pointer, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    instance.memory().write(pointer, bytes);
    return bytes.length;
  }

  int tryOpen(int folder, String path, int flags, long rights, int descriptorFlags) {
    int length = put(PATH, path);
    return call("path_open", folder, 1, PATH, length, flags, rights, 0, descriptorFlags, RESULT);
  }

  int tryOpen(int folder, String path, int flags, long rights) {
    return tryOpen(folder, path, flags, rights, 0);
  }

  int open(int folder, String path, int flags, long rights) {
    assertEquals(0, tryOpen(folder, path, flags, rights), path);
    return result();
  }

  int open(int folder, String path) {
    return open(folder, path, 0, READ);
  }

  int result() {
    return instance.memory().readInt(RESULT);
  }

  /** Reads into two buffers. */
  String read(int descriptor, int first, int second) {
    buffer(0, DATA, first);
    buffer(1, DATA + first, second);
    assertEquals(0, call("fd_read", descriptor, BUFFERS, 2, RESULT));
    return new String(instance.memory().readBytes(DATA, result()), UTF_8);
  }

  void buffer(int index, int pointer, int length) {
    instance.memory().writeI32(BUFFERS + index * 8, pointer);
    instance.memory().writeI32(BUFFERS + index * 8 + 4, length);
  }

  int write(int descriptor, String text) {
    buffer(0, DATA, put(DATA, text));
    return call("fd_write", descriptor, BUFFERS, 1, RESULT);
  }

  /** The size of a file or folder by its path; below zero, less the error number. */
  long size(String path) {
    int length = put(PATH, path);
    int errno = call("path_filestat_get", ROOT, 0, PATH, length, RESULT);
    return errno == 0 ? instance.memory().readLong(RESULT + 32) : -errno;
  }

  List<String> list(int folder) {
    List<String> names = new ArrayList<>();
    assertEquals(0, call("fd_readdir", folder, DATA, 16_384, 0, RESULT));
    int used = result();
    for (int at = DATA; at < DATA + used; ) {
      int length = instance.memory().readInt(at + 16);
      String kind = instance.memory().read(at + 20) == 3 ? "/" : "";
      names.add(new String(instance.memory().readBytes(at + 24, length), UTF_8) + kind);
      at += 24 + length;
    }
    return names;
  }

  @Override
  public void close() {
    files.close();
  }
}
