package io.hiberlet.agent.runtime;

import static io.hiberlet.agent.runtime.FileCalls.BUFFERS;
import static io.hiberlet.agent.runtime.FileCalls.OUTSIDE;
import static io.hiberlet.agent.runtime.FileCalls.PATH;
import static io.hiberlet.agent.runtime.FileCalls.READ;
import static io.hiberlet.agent.runtime.FileCalls.RESULT;
import static io.hiberlet.agent.runtime.FileCalls.ROOT;
import static io.hiberlet.agent.runtime.FileCalls.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.runtime.file.Volume;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** File calls on volumes that the agent writes, and guests read. */
final class WasiFilesTest {
  @TempDir private Path folder;
  private Path volume;
  private FileCalls guest;

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
    Volume content = Volume.shared(volume.resolve("..data"), List.of());
    guest =
        new FileCalls(
            new GuestMount("/etc/config", content, List.of(), true),
            new GuestMount("/etc/config/inner", content, List.of("sub"), true),
            new GuestMount("/etc/one/file", content, List.of("a.txt"), true));
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private int call(String name, long... args) {
    return guest.call(name, args);
  }

  private int errno(int directory, String path, int flags, long rights) {
    return guest.tryOpen(directory, path, flags, rights);
  }

  private int open(int directory, String path) {
    return guest.open(directory, path);
  }

  private String read(int descriptor, int first, int second) {
    return guest.read(descriptor, first, second);
  }

  private List<String> list(int descriptor) {
    return guest.list(descriptor);
  }

  @Test
  void theRootIsTheOnlyPreopenedFolder() {
    assertEquals(0, call("fd_prestat_get", ROOT, RESULT));
    assertEquals(1, guest.instance.memory().readInt(RESULT + 4));
    assertEquals(0, call("fd_prestat_dir_name", ROOT, RESULT, 1));
    assertEquals('/', guest.instance.memory().read(RESULT));
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
    assertEquals(7, guest.instance.memory().readLong(RESULT));
    assertEquals("wo", read(file, 1, 1));
    assertEquals(0, call("fd_tell", file, RESULT));
    assertEquals(9, guest.instance.memory().readLong(RESULT));
    assertEquals(WasiErrno.INVAL, call("fd_seek", file, -10, 1, RESULT));
    assertEquals(WasiErrno.INVAL, call("fd_seek", file, Long.MAX_VALUE, 1, RESULT));
    assertEquals(0, call("fd_filestat_get", file, RESULT));
    assertEquals(12, guest.instance.memory().readLong(RESULT + 32));
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
    "etc/config/a.txt/x, 54",
    "absent, 44"
  })
  void noPathLeadsAnywhereElse(String path, int errno) {
    assertEquals(errno, errno(ROOT, path, 0, READ));
  }

  @Test
  void aFolderIsNotLeftThroughItsDescriptor() {
    int config = open(ROOT, "etc/config");
    assertEquals(WasiErrno.NOTCAPABLE, errno(config, "../one/file", 0, READ));
    assertEquals(WasiErrno.NOTCAPABLE, errno(config, "sub/../../config/a.txt", 0, READ));
    assertEquals("hello", read(open(config, "sub/../a.txt"), 1, 4));
  }

  @Test
  void nothingIsWritten() {
    assertEquals(WasiErrno.ROFS, errno(ROOT, "etc/config/new", 1, WRITE));
    assertEquals(WasiErrno.ROFS, errno(ROOT, "etc/config/a.txt", 0, WRITE));
    assertEquals(WasiErrno.ROFS, errno(ROOT, "etc/config/a.txt", 8, READ));
    assertEquals(WasiErrno.EXIST, errno(ROOT, "etc/config/a.txt", 5, READ));
    assertEquals(WasiErrno.ISDIR, errno(ROOT, "etc/config", 0, WRITE));
    int file = open(ROOT, "etc/config/a.txt");
    assertEquals(WasiErrno.BADF, call("fd_write", file, BUFFERS, 0, RESULT));
    assertEquals(WasiErrno.BADF, call("fd_filestat_set_size", file, 0));
    assertEquals(WasiErrno.BADF, call("fd_allocate", file, 0, 100));
    assertEquals(WasiErrno.ROFS, call("fd_filestat_set_times", file, 0, 0, 0));
    assertEquals(WasiErrno.ROFS, guest.onPath("path_unlink_file", "etc/config/a.txt"));
    assertEquals(WasiErrno.ROFS, guest.onPath("path_create_directory", "etc/config/new"));
    assertEquals(WasiErrno.ROFS, guest.onPath("path_create_directory", "new"));
    assertEquals(WasiErrno.ROFS, guest.onPath("path_remove_directory", "etc/config/sub"));
    assertEquals(WasiErrno.ROFS, guest.rename("etc/config/a.txt", "etc/config/b.txt"));
    assertEquals(WasiErrno.ROFS, guest.rename("etc/config", "etc/other"));
    assertEquals(WasiErrno.NOTSUP, call("path_link", ROOT, 0, PATH, 1, ROOT, PATH, 1));
    assertEquals(WasiErrno.NOTSUP, call("path_symlink", PATH, 1, ROOT, PATH, 1));
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
    assertEquals(WasiErrno.NOENT, errno(ROOT, "etc/config/sub/b", 0, READ));
  }

  @Test
  void descriptorsGoOnAfterASuspension() throws IOException {
    int first = open(ROOT, "etc/config/a.txt");
    int second = open(ROOT, "etc/config/sub/b");
    int config = open(ROOT, "etc/config");
    read(first, 3, 4);
    assertEquals(0, call("fd_close", second));
    guest.sleep();
    assertEquals("world", read(first, 3, 40));
    assertEquals(second, open(config, "sub/b"), "the lowest that is free");
    assertEquals("b", read(second, 1, 0));
    Files.delete(volume.resolve("..1/a.txt"));
    guest.sleep();
    guest.instance.memory().writeI32(BUFFERS + 4, 1);
    assertEquals(WasiErrno.IO, call("fd_read", first, BUFFERS, 1, RESULT));
  }

  @Test
  void noMoreIsOpenThanMayBe() {
    for (int i = 0; i < 63; i++) {
      open(ROOT, "etc/config/a.txt");
    }
    assertEquals(WasiErrno.MFILE, errno(ROOT, "etc/config/a.txt", 0, READ));
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
