package io.hiberlet.agent.runtime;

import static io.hiberlet.agent.runtime.FileCalls.APPEND;
import static io.hiberlet.agent.runtime.FileCalls.BUFFERS;
import static io.hiberlet.agent.runtime.FileCalls.CREATE;
import static io.hiberlet.agent.runtime.FileCalls.DATA;
import static io.hiberlet.agent.runtime.FileCalls.EXCLUSIVE;
import static io.hiberlet.agent.runtime.FileCalls.OUTSIDE;
import static io.hiberlet.agent.runtime.FileCalls.READ;
import static io.hiberlet.agent.runtime.FileCalls.RESULT;
import static io.hiberlet.agent.runtime.FileCalls.ROOT;
import static io.hiberlet.agent.runtime.FileCalls.TRUNCATE;
import static io.hiberlet.agent.runtime.FileCalls.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
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

/** File calls on volumes that guests write to. */
final class WasiWritingTest {
  private static final long LIMIT = 64 << 10;
  private static final int ENTRY = 4096;

  @TempDir private Path folder;
  private Path volume;
  private FileCalls guest;

  /** A volume of the pod, a part of it elsewhere, and a folder that others write to. */
  @BeforeEach
  void mount() throws Exception {
    volume = Files.createDirectories(folder.resolve("volume"));
    Files.createDirectories(volume.resolve("part"));
    Files.createDirectories(folder.resolve("shared"));
    Files.writeString(folder.resolve("secret"), "not for guests");
    Volume own = Volume.limited(volume, LIMIT);
    guest =
        new FileCalls(
            new GuestMount("/data", own, List.of(), false),
            new GuestMount("/data/inner", own, List.of("part"), false),
            new GuestMount("/view", own, List.of(), true),
            new GuestMount("/host", Volume.shared(folder, List.of("shared")), List.of(), false));
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private int create(String path) {
    return guest.open(ROOT, path, CREATE, READ | WRITE);
  }

  private String content(String name) throws IOException {
    return Files.readString(volume.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/file", "host/file"})
  void whatIsWrittenIsReadBack(String path) {
    int file = create(path);
    assertEquals(0, guest.write(file, "hello, "));
    assertEquals(0, guest.write(file, "world"));
    assertEquals(0, guest.call("fd_seek", file, 0, 0, RESULT));
    assertEquals("hello, world", guest.read(file, 3, 40));
    assertEquals(12, guest.size(path));
    assertEquals(0, guest.call("fd_sync", file));
    assertEquals(0, guest.call("fd_datasync", file));
    assertEquals(0, guest.call("fd_close", file));
    assertEquals("hello, world", guest.read(guest.open(ROOT, path), 3, 40));
  }

  @Test
  void offsetsHolesAndTheEndAreThoseOfPosix() throws IOException {
    int file = create("data/file");
    guest.write(file, "0123456789");
    guest.buffer(0, DATA, guest.put(DATA, "ab"));
    assertEquals(0, guest.call("fd_pwrite", file, BUFFERS, 1, 12, RESULT));
    assertEquals("0123456789\0\0ab", content("file"));
    assertEquals(0, guest.call("fd_tell", file, RESULT));
    assertEquals(10, guest.instance.memory().readLong(RESULT));
    assertEquals(0, guest.call("fd_filestat_set_size", file, 4));
    assertEquals(0, guest.call("fd_filestat_set_size", file, 6));
    assertEquals("0123\0\0", content("file"));
    assertEquals(0, guest.call("fd_allocate", file, 2, 6));
    assertEquals(0, guest.call("fd_allocate", file, 0, 1));
    assertEquals(8, guest.size("data/file"));
    assertEquals(WasiErrno.INVAL, guest.call("fd_allocate", file, 0, 0));
    assertEquals(WasiErrno.FBIG, guest.call("fd_allocate", file, Long.MAX_VALUE, 9));
    assertEquals(WasiErrno.FBIG, guest.call("fd_pwrite", file, BUFFERS, 1, Long.MAX_VALUE, RESULT));
  }

  @Test
  void flagsAreObeyed() throws IOException {
    guest.write(create("data/file"), "one");
    assertEquals(
        WasiErrno.EXIST, guest.tryOpen(ROOT, "data/file", CREATE | EXCLUSIVE, READ | WRITE));
    assertEquals(0, guest.tryOpen(ROOT, "data/file", 0, WRITE, APPEND));
    int appending = guest.result();
    guest.write(guest.open(ROOT, "data/file", 0, WRITE), "ONE+");
    assertEquals(0, guest.write(appending, "two"));
    assertEquals("ONE+two", content("file"));
    assertEquals(0, guest.call("fd_fdstat_set_flags", appending, 0));
    assertEquals(0, guest.call("fd_seek", appending, 0, 0, RESULT));
    guest.write(appending, "1");
    assertEquals("1NE+two", content("file"));
    assertEquals(WasiErrno.INVAL, guest.call("fd_fdstat_set_flags", appending, 1 << 7));
    guest.open(ROOT, "data/file", TRUNCATE, WRITE);
    assertEquals("", content("file"));
    int writeOnly = guest.open(ROOT, "data/file", 0, WRITE);
    assertEquals(WasiErrno.BADF, guest.call("fd_read", writeOnly, BUFFERS, 1, RESULT));
    assertEquals(WasiErrno.BADF, guest.write(guest.open(ROOT, "data/file"), "x"));
    assertEquals(WasiErrno.ROFS, guest.tryOpen(ROOT, "view/file", 0, WRITE));
    assertEquals(WasiErrno.ROFS, guest.onPath("path_unlink_file", "view/file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "host"})
  void foldersAndNamesComeAndGo(String mount) {
    assertEquals(0, guest.onPath("path_create_directory", mount + "/a"));
    assertEquals(0, guest.onPath("path_create_directory", mount + "/a/b/"));
    assertEquals(WasiErrno.EXIST, guest.onPath("path_create_directory", mount + "/a"));
    assertEquals(WasiErrno.NOENT, guest.onPath("path_create_directory", mount + "/x/y"));
    create(mount + "/a/f");
    assertEquals(List.of("./", "../", "b/", "f"), guest.list(guest.open(ROOT, mount + "/a")));
    assertEquals(WasiErrno.NOTDIR, guest.onPath("path_create_directory", mount + "/a/f/x"));
    assertEquals(WasiErrno.NOTEMPTY, guest.onPath("path_remove_directory", mount + "/a"));
    assertEquals(WasiErrno.NOTDIR, guest.onPath("path_remove_directory", mount + "/a/f"));
    assertEquals(WasiErrno.ISDIR, guest.onPath("path_unlink_file", mount + "/a/b"));
    assertEquals(WasiErrno.NOTDIR, guest.onPath("path_unlink_file", mount + "/a/f/"));
    assertEquals(WasiErrno.ISDIR, guest.rename(mount + "/a/f", mount + "/a/b"));
    assertEquals(WasiErrno.NOTDIR, guest.rename(mount + "/a/b", mount + "/a/f"));
    assertEquals(WasiErrno.INVAL, guest.rename(mount + "/a", mount + "/a/b/c"));
    assertEquals(0, guest.rename(mount + "/a/f", mount + "/g"));
    assertEquals(0, guest.rename(mount + "/a", mount + "/c"));
    assertEquals(0, guest.onPath("path_remove_directory", mount + "/c/b"));
    assertEquals(0, guest.onPath("path_remove_directory", mount + "/c"));
    assertEquals(0, guest.onPath("path_unlink_file", mount + "/g"));
    assertEquals(WasiErrno.NOENT, guest.onPath("path_unlink_file", mount + "/g"));
  }

  @Test
  void mountsStayWhereTheyAre() {
    assertEquals(WasiErrno.BUSY, guest.onPath("path_remove_directory", "data/inner"));
    assertEquals(WasiErrno.BUSY, guest.rename("data/inner", "data/x"));
    assertEquals(WasiErrno.ROFS, guest.onPath("path_create_directory", "elsewhere"));
    create("data/f");
    assertEquals(WasiErrno.XDEV, guest.rename("data/f", "host/f"));
    assertEquals(WasiErrno.XDEV, guest.rename("data/f", "data/inner/f"));
  }

  @ParameterizedTest
  @CsvSource({
    "data/.., 28",
    "data/., 28",
    "data/../../secret, 76",
    "/data/x, 76",
    "data/..hidden, 44",
    "data/..1/x, 44",
    "host/link, 20",
    "host/link/x, 44",
    "host/up/x, 44",
    "'', 44"
  })
  void noNameLeadsAnywhereElse(String path, int errno) throws IOException {
    Files.createSymbolicLink(folder.resolve("shared/link"), folder.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("shared/up"), folder);
    if (errno != WasiErrno.INVAL) { // those are folders, which can be opened
      assertEquals(errno, guest.tryOpen(ROOT, path, CREATE | EXCLUSIVE, WRITE));
      assertTrue(guest.tryOpen(ROOT, path, CREATE | TRUNCATE, WRITE) != 0);
      assertEquals(errno, guest.onPath("path_create_directory", path));
    }
    assertTrue(guest.onPath("path_remove_directory", path) != 0);
    assertTrue(guest.onPath("path_unlink_file", path) != 0);
    create("data/mine");
    assertTrue(guest.rename(path, "data/stolen") != 0);
    assertEquals("not for guests", Files.readString(folder.resolve("secret")));
  }

  @Test
  void namesThatAreNoneAreRefused() {
    assertEquals(WasiErrno.INVAL, guest.tryOpen(ROOT, "data/a\0b", CREATE, WRITE));
    assertEquals(WasiErrno.NAMETOOLONG, guest.tryOpen(ROOT, "data/" + "x".repeat(256), 1, WRITE));
    int length = guest.put(FileCalls.PATH, "data/x");
    guest.instance.memory().writeByte(FileCalls.PATH + 5, (byte) 0xff);
    assertEquals(
        WasiErrno.INVAL,
        guest.call("path_open", ROOT, 0, FileCalls.PATH, length, CREATE, WRITE, 0, 0, RESULT));
  }

  @Test
  void thereIsNoMoreRoomThanTheLimit() throws IOException {
    int file = create("data/file");
    assertEquals(0, guest.call("fd_filestat_set_size", file, LIMIT - 2 * ENTRY));
    assertEquals(WasiErrno.NOSPC, guest.call("fd_allocate", file, 0, LIMIT - 2 * ENTRY + 1));
    assertEquals(WasiErrno.NOSPC, guest.onPath("path_create_directory", "data/more"));
    assertEquals(WasiErrno.NOSPC, guest.tryOpen(ROOT, "data/inner/f", CREATE, WRITE));
    assertEquals(0, guest.write(file, "what is there may be overwritten"));
    assertEquals(0, guest.onPath("path_unlink_file", "data/file"));
    assertEquals(
        WasiErrno.NOSPC,
        guest.onPath("path_create_directory", "data/more"),
        "a file that is open takes its room");
    assertEquals(0, guest.call("fd_close", file));
    for (int i = 0; i < LIMIT / ENTRY - 1; i++) {
      assertEquals(0, guest.onPath("path_create_directory", "data/more" + i));
    }
    assertEquals(WasiErrno.NOSPC, guest.onPath("path_create_directory", "data/more"));
    assertEquals(0, guest.rename("data/more1", "data/more2"), "one less now");
    assertEquals(0, guest.onPath("path_create_directory", "data/more"));
  }

  @Test
  void whatWasThereBeforeTheAgentCounts() throws IOException {
    Files.write(volume.resolve("before"), new byte[(int) LIMIT - 3 * ENTRY]);
    int file = create("data/x");
    assertEquals(WasiErrno.NOSPC, guest.write(file, "x"));
    assertEquals(0, guest.onPath("path_unlink_file", "data/before"));
    assertEquals(0, guest.write(file, "x"));
  }

  @Test
  void aDescriptorIsTheSameFileWhateverBecomesOfItsName() throws IOException {
    int file = create("data/file");
    guest.write(file, "one");
    guest.rename("data/file", "data/moved");
    guest.write(file, " two");
    assertEquals("one two", content("moved"));
    guest.sleep();
    assertEquals(0, guest.write(file, " three"), "as it has followed the name");
    assertEquals("one two three", content("moved"));
    guest.onPath("path_unlink_file", "data/moved");
    assertEquals(0, guest.write(file, " four"));
    assertEquals(0, guest.call("fd_filestat_get", file, RESULT));
    assertEquals(18, guest.instance.memory().readLong(RESULT + 32));
    guest.sleep();
    assertEquals(WasiErrno.IO, guest.write(file, "lost"));
  }

  @Test
  void timesAreSet() throws IOException {
    int file = create("data/file");
    long second = 1_000_000_000L;
    assertEquals(0, guest.call("fd_filestat_set_times", file, 5 * second, 7 * second, 1 | 4));
    assertEquals(0, guest.call("fd_filestat_get", file, RESULT));
    assertEquals(5 * second, guest.instance.memory().readLong(RESULT + 40));
    assertEquals(7 * second, guest.instance.memory().readLong(RESULT + 48));
    int length = guest.put(FileCalls.PATH, "data/file");
    assertEquals(
        0,
        guest.call("path_filestat_set_times", ROOT, 0, FileCalls.PATH, length, 0, 9 * second, 4));
    assertEquals(9000, Files.getLastModifiedTime(volume.resolve("file")).toMillis());
    assertEquals(WasiErrno.INVAL, guest.call("fd_filestat_set_times", file, 0, 0, 4 | 8));
  }

  @Test
  void aListingReadInPartsIsOne() throws IOException {
    for (int i = 10; i < 60; i++) {
      Files.createFile(volume.resolve("file" + i));
    }
    int descriptor = guest.open(ROOT, "view");
    long cookie = 0;
    int seen = 0;
    for (int used = 100; used == 100; ) {
      assertEquals(0, guest.call("fd_readdir", descriptor, DATA, 100, cookie, RESULT));
      used = guest.result();
      for (int at = 0; at + 24 <= used; ) {
        int length = guest.instance.memory().readInt(DATA + at + 16);
        if (at + 24 + length <= used) {
          cookie = guest.instance.memory().readLong(DATA + at);
          seen++;
        }
        at += 24 + length;
      }
      Files.deleteIfExists(volume.resolve("file59"));
    }
    assertEquals(2 + 1 + 49, seen, "dots, the folder, and all but the one that has gone");
  }

  @Test
  void aGuestThatIsInterruptedSeesNoError() throws IOException {
    int file = create("data/file");
    Thread.currentThread().interrupt();
    assertThrows(ChicoryInterruptedException.class, () -> guest.write(file, "x"));
    assertTrue(Thread.interrupted());
    guest.sleep();
    assertEquals(0, guest.write(file, "y"));
    assertEquals("y", content("file"));
  }

  @ParameterizedTest
  @ValueSource(ints = {OUTSIDE, -1})
  void pointersOutsideOfTheMemoryAreRefused(int pointer) {
    int file = create("data/file");
    guest.buffer(0, DATA, 9);
    assertEquals(WasiErrno.FAULT, guest.call("fd_write", file, pointer, 1, RESULT));
    assertEquals(WasiErrno.FAULT, guest.call("fd_write", file, BUFFERS, 1, pointer));
    assertEquals(WasiErrno.FAULT, guest.call("fd_pwrite", file, BUFFERS, 1, 0, pointer));
    guest.buffer(0, pointer, 9);
    assertEquals(WasiErrno.FAULT, guest.call("fd_write", file, BUFFERS, 1, RESULT));
    guest.buffer(0, DATA, -1);
    assertEquals(WasiErrno.FAULT, guest.call("fd_write", file, BUFFERS, 1, RESULT));
    assertEquals(0, guest.size("data/file"));
    assertEquals(WasiErrno.INVAL, guest.call("path_create_directory", ROOT, pointer, 4));
    assertEquals(WasiErrno.INVAL, guest.call("path_unlink_file", ROOT, pointer, 4));
    assertEquals(
        WasiErrno.INVAL, guest.call("path_rename", ROOT, pointer, 4, ROOT, FileCalls.PATH, 4));
    assertFalse(Files.exists(volume.resolve("new")));
  }
}
