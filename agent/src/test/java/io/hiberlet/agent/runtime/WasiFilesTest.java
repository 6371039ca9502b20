package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.Parser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** File calls as a guest makes them, with nothing but a memory. */
final class WasiFilesTest {
  private static final int ROOT = 3;
  private static final int OUTSIDE = 1 << 20;
  private static final int PATH = 1024;
  private static final int BUFFERS = 2048;
  private static final int DATA = 4096;
  private static final int RESULT = 512;
  private static final long FD_WRITE = 1L << 6;

  @TempDir private Path folder;
  private Path volume;
  private FileTree tree;
  private OpenFiles files;
  private Map<String, WasmFunctionHandle> calls;
  private Instance instance;

  /** A volume as the agent writes it, a part of it elsewhere, and a secret that nobody mounted. */
  @BeforeEach
  void mount() throws Exception {
    volume = folder.resolve("volume");
    Files.createDirectories(volume.resolve("..1/sub"));
    Files.writeString(volume.resolve("..1/a.txt"), "hello, world");
    Files.writeString(volume.resolve("..1/sub/b"), "b");
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("..1"));
    Files.writeString(folder.resolve("secret"), "not for guests");
    Files.createSymbolicLink(volume.resolve("..1/link"), folder.resolve("secret"));
    Files.createSymbolicLink(volume.resolve("..1/up"), Path.of("../.."));
    tree =
        new FileTree(
            List.of(
                new GuestMount("/etc/config", volume.resolve("..data")),
                new GuestMount("/etc/config/inner", volume.resolve("..data/sub")),
                new GuestMount("/etc/one/file", volume.resolve("..data/a.txt"))));
    become(List.of());
    byte[] memoryOnly = WasmBytes.module(WasmBytes.section(5, new byte[] {1, 0, 1}));
    instance =
        Instance.builder(Parser.parse(memoryOnly))
            .withImportValues(ImportValues.builder().build())
            .build();
  }

  private void become(List<OpenDescriptor> open) {
    files = new OpenFiles(tree, open);
    Map<String, WasmFunctionHandle> standard = new HashMap<>();
    var nowhere =
        new GuestEnvironment(
            GuestSettings.NONE,
            List.of(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            0);
    new WasiCalls(nowhere, GuestClock.starting(), new OpenFiles(new FileTree(List.of()), List.of()))
        .functions()
        .forEach(function -> standard.put(function.name(), function.handle()));
    calls = new WasiFiles(files).over(standard);
  }

  private int call(String name, long... args) {
    return (int) calls.get(name).apply(instance, args)[0];
  }

  private int errno(int directory, String path, int flags, long rights) {
    byte[] text = path.getBytes(UTF_8);
    instance.memory().write(PATH, text);
    return call("path_open", directory, 1, PATH, text.length, flags, rights, 0, 0, RESULT);
  }

  private int open(int directory, String path) {
    assertEquals(0, errno(directory, path, 0, 2), path);
    return instance.memory().readInt(RESULT);
  }

  private String read(int descriptor, int first, int second) {
    instance.memory().writeI32(BUFFERS, DATA);
    instance.memory().writeI32(BUFFERS + 4, first);
    instance.memory().writeI32(BUFFERS + 8, DATA + first);
    instance.memory().writeI32(BUFFERS + 12, second);
    assertEquals(0, call("fd_read", descriptor, BUFFERS, 2, RESULT));
    return new String(instance.memory().readBytes(DATA, instance.memory().readInt(RESULT)), UTF_8);
  }

  private List<String> list(int folderDescriptor) {
    List<String> names = new ArrayList<>();
    assertEquals(0, call("fd_readdir", folderDescriptor, DATA, 4096, 0, RESULT));
    int used = instance.memory().readInt(RESULT);
    for (int at = DATA; at < DATA + used; ) {
      int length = instance.memory().readInt(at + 16);
      String kind = instance.memory().read(at + 20) == 3 ? "/" : "";
      names.add(new String(instance.memory().readBytes(at + 24, length), UTF_8) + kind);
      at += 24 + length;
    }
    return names;
  }

  @Test
  void theRootIsTheOnlyPreopenedFolder() {
    assertEquals(0, call("fd_prestat_get", ROOT, RESULT));
    assertEquals(1, instance.memory().readInt(RESULT + 4));
    assertEquals(0, call("fd_prestat_dir_name", ROOT, RESULT, 1));
    assertEquals('/', instance.memory().read(RESULT));
    assertEquals(WasiErrno.BADF, call("fd_prestat_get", ROOT + 1, RESULT));
    assertEquals(WasiErrno.NOTSUP, call("fd_close", ROOT));
  }

  @Test
  void aFileIsReadSoughtAndTold() {
    int file = open(ROOT, "etc/config/a.txt");
    assertEquals("hello, ", read(file, 3, 4));
    assertEquals("world", read(file, 3, 40));
    assertEquals("", read(file, 1, 1));
    assertEquals(0, call("fd_seek", file, -5, 2, RESULT));
    assertEquals(7, instance.memory().readLong(RESULT));
    assertEquals("wo", read(file, 1, 1));
    assertEquals(0, call("fd_tell", file, RESULT));
    assertEquals(9, instance.memory().readLong(RESULT));
    assertEquals(WasiErrno.INVAL, call("fd_seek", file, -10, 1, RESULT));
    assertEquals(WasiErrno.INVAL, call("fd_seek", file, Long.MAX_VALUE, 1, RESULT));
    assertEquals(0, call("fd_filestat_get", file, RESULT));
    assertEquals(12, instance.memory().readLong(RESULT + 32));
    assertEquals(0, call("fd_close", file));
    assertEquals(WasiErrno.BADF, call("fd_close", file));
  }

  @Test
  void foldersListWhatIsInThemAndMountsAndNothingElse() {
    assertEquals(List.of("./", "../", "etc/"), list(ROOT));
    assertEquals(List.of("./", "../", "config/", "one/"), list(open(ROOT, "etc")));
    assertEquals(List.of("./", "../", "file"), list(open(ROOT, "etc/one/")));
    int config = open(ROOT, "etc/config");
    assertEquals(List.of("./", "../", "a.txt", "inner/", "sub/"), list(config));
    assertEquals("b", read(open(config, "inner/b"), 9, 9));
    assertEquals("hello", read(open(ROOT, "etc/one/file"), 1, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/config/a.txt, 76",
    "../etc/config/a.txt, 76",
    "etc/../../secret, 76",
    "etc/config/../../../x, 76",
    "etc/config/link, 44",
    "etc/config/up/secret, 44",
    "etc/config/..data/a.txt, 44",
    "etc/config/..1/a.txt, 44",
    "etc/config/A.TXT, 44",
    "etc/config/a.txt/, 54",
    "etc/config/a.txt/x, 44",
    "absent, 44"
  })
  void noPathLeadsAnywhereElse(String path, int errno) {
    assertEquals(errno, errno(ROOT, path, 0, 2));
  }

  @Test
  void aFolderIsNotLeftThroughItsDescriptor() {
    int config = open(ROOT, "etc/config");
    assertEquals(WasiErrno.NOTCAPABLE, errno(config, "../one/file", 0, 2));
    assertEquals(WasiErrno.NOTCAPABLE, errno(config, "sub/../../config/a.txt", 0, 2));
    assertEquals("hello", read(open(config, "sub/../a.txt"), 1, 4));
  }

  @Test
  void nothingIsWritten() {
    assertEquals(WasiErrno.ROFS, errno(ROOT, "etc/config/new", 1, FD_WRITE));
    assertEquals(WasiErrno.ROFS, errno(ROOT, "etc/config/a.txt", 0, FD_WRITE));
    assertEquals(WasiErrno.ROFS, errno(ROOT, "etc/config/a.txt", 8, 2));
    assertEquals(WasiErrno.EXIST, errno(ROOT, "etc/config/a.txt", 5, 2));
    assertEquals(WasiErrno.ISDIR, errno(ROOT, "etc/config", 0, FD_WRITE));
    int file = open(ROOT, "etc/config/a.txt");
    assertEquals(WasiErrno.BADF, call("fd_write", file, BUFFERS, 0, RESULT));
    assertEquals(WasiErrno.ROFS, call("fd_filestat_set_size", file, 0));
    assertEquals(WasiErrno.ROFS, call("path_unlink_file", ROOT, PATH, 1));
    assertEquals(WasiErrno.ROFS, call("path_create_directory", ROOT, PATH, 1));
    assertEquals(WasiErrno.ROFS, call("path_rename", ROOT, PATH, 1, ROOT, PATH, 1));
    assertEquals(WasiErrno.ROFS, call("path_link", ROOT, 0, PATH, 1, ROOT, PATH, 1));
    assertEquals(WasiErrno.ROFS, call("path_symlink", PATH, 1, ROOT, PATH, 1));
    assertEquals(WasiErrno.ROFS, call("path_remove_directory", ROOT, PATH, 1));
  }

  @Test
  void anOpenFileStaysAsItWasWhenItIsReplaced() throws IOException {
    int before = open(ROOT, "etc/config/a.txt");
    assertEquals("he", read(before, 1, 1));
    Files.createDirectories(volume.resolve("..2"));
    Files.writeString(volume.resolve("..2/a.txt"), "HELLO, NEW WORLD");
    Files.delete(volume.resolve("..data"));
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("..2"));
    assertEquals("llo, world", read(before, 5, 50));
    assertEquals("HELLO", read(open(ROOT, "etc/config/a.txt"), 1, 4));
    assertEquals(WasiErrno.NOENT, errno(ROOT, "etc/config/sub/b", 0, 2));
  }

  @Test
  void descriptorsGoOnAfterASuspension() throws IOException {
    int first = open(ROOT, "etc/config/a.txt");
    int second = open(ROOT, "etc/config/sub/b");
    int config = open(ROOT, "etc/config");
    read(first, 3, 4);
    assertEquals(0, call("fd_close", second));
    become(files.capture());
    assertEquals("world", read(first, 3, 40));
    assertEquals(second, open(config, "sub/b"), "the lowest that is free");
    assertEquals("b", read(second, 1, 0));
    Files.delete(volume.resolve("..1/a.txt"));
    become(files.capture());
    instance.memory().writeI32(BUFFERS + 4, 1);
    assertEquals(WasiErrno.IO, call("fd_read", first, BUFFERS, 1, RESULT));
  }

  @Test
  void noMoreIsOpenThanMayBe() {
    for (int i = 0; i < 63; i++) {
      open(ROOT, "etc/config/a.txt");
    }
    assertEquals(WasiErrno.MFILE, errno(ROOT, "etc/config/a.txt", 0, 2));
    assertEquals(0, call("fd_renumber", 5, 4));
    assertEquals(WasiErrno.NOTSUP, call("fd_renumber", ROOT, 4));
    assertEquals(WasiErrno.NOTSUP, call("fd_renumber", 4, 1));
    assertEquals(WasiErrno.BADF, call("fd_renumber", 4, 99));
    assertEquals(5, open(ROOT, "etc/config/a.txt"));
  }

  @ParameterizedTest
  @ValueSource(ints = {OUTSIDE, -1})
  void pointersOutsideOfTheMemoryAreRefused(int pointer) {
    int file = open(ROOT, "etc/config/a.txt");
    assertEquals(WasiErrno.FAULT, call("fd_read", file, pointer, 1, RESULT));
    assertEquals(WasiErrno.FAULT, call("fd_read", file, BUFFERS, 1, pointer));
    assertEquals(WasiErrno.FAULT, call("fd_read", file, BUFFERS, -1, RESULT));
    assertEquals(WasiErrno.FAULT, call("fd_readdir", ROOT, pointer, 64, 0, RESULT));
    assertEquals(WasiErrno.FAULT, call("fd_filestat_get", file, pointer));
    assertEquals(WasiErrno.FAULT, call("fd_fdstat_get", file, pointer));
    assertEquals(WasiErrno.INVAL, call("path_open", ROOT, 1, pointer, 9, 0, 2, 0, 0, RESULT));
    assertEquals(WasiErrno.FAULT, call("path_open", ROOT, 1, PATH, 9, 0, 2, 0, 0, pointer));
    assertEquals(WasiErrno.NAMETOOLONG, call("path_open", ROOT, 1, PATH, 5000, 0, 2, 0, 0, RESULT));
    assertEquals(WasiErrno.INVAL, call("path_open", ROOT, 1, PATH, -1, 0, 2, 0, 0, RESULT));
  }

  @Test
  void theStandardDescriptorsAreAsEver() {
    assertEquals(WasiErrno.NOTSUP, call("fd_close", 1));
    assertEquals(0, call("fd_write", 1, BUFFERS, 0, RESULT));
  }
}
