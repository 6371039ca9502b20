package io.hiberlet.agent.runtime;

import static io.hiberlet.agent.runtime.FileCalls.BUFFERS;
import static io.hiberlet.agent.runtime.FileCalls.CREATE;
import static io.hiberlet.agent.runtime.FileCalls.DATA;
import static io.hiberlet.agent.runtime.FileCalls.EXCLUSIVE;
import static io.hiberlet.agent.runtime.FileCalls.PATH;
import static io.hiberlet.agent.runtime.FileCalls.READ;
import static io.hiberlet.agent.runtime.FileCalls.RESULT;
import static io.hiberlet.agent.runtime.FileCalls.ROOT;
import static io.hiberlet.agent.runtime.FileCalls.TRUNCATE;
import static io.hiberlet.agent.runtime.FileCalls.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.runtime.file.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random file calls, replayable by their seed: against a model, hostile, and against a race. */
final class WasiFilesPropertyTest {
  private static final int STEPS = 600;
  private static final long LIMIT = 40 << 10;
  private static final List<String> NAMES = List.of("a", "b", "c", "..", ".", "a/b", "b/a/", "c/");
  private static final List<String> CALLS =
      List.of(
          "fd_advise",
          "fd_allocate",
          "fd_close",
          "fd_datasync",
          "fd_fdstat_get",
          "fd_fdstat_set_flags",
          "fd_filestat_get",
          "fd_filestat_set_size",
          "fd_filestat_set_times",
          "fd_pread",
          "fd_prestat_dir_name",
          "fd_prestat_get",
          "fd_pwrite",
          "fd_read",
          "fd_readdir",
          "fd_renumber",
          "fd_seek",
          "fd_sync",
          "fd_tell",
          "fd_write",
          "path_create_directory",
          "path_filestat_get",
          "path_filestat_set_times",
          "path_link",
          "path_open",
          "path_readlink",
          "path_remove_directory",
          "path_rename",
          "path_unlink_file");

  @TempDir private Path folder;

  /** What nobody mounted, as it must stay. */
  private Map<String, String> outside;

  private GuestMount mount(boolean limited) throws IOException {
    Path volume = Files.createDirectories(folder.resolve("volume"));
    Files.createDirectories(folder.resolve("outside/a"));
    Files.writeString(folder.resolve("outside/b"), "not for guests");
    outside = contents(folder.resolve("outside"));
    Volume content =
        limited ? Volume.limited(volume, LIMIT) : Volume.shared(folder, List.of("volume"));
    return new GuestMount("/m", content, List.of(), false);
  }

  /** Paths, and contents of files; null for folders. */
  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.skip(1).toList()) {
        contents.put(
            root.relativize(each).toString(),
            Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS) ? Files.readString(each) : null);
      }
    }
    return contents;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void callsDoWhatTheModelSays(long seed) throws IOException {
    FilesModel model = new FilesModel(LIMIT);
    SplittableRandom random = new SplittableRandom(seed);
    try (FileCalls guest = new FileCalls(mount(true))) {
      for (int step = 0; step < STEPS; step++) {
        String what = step(guest, model, random);
        String where = "seed %d, step %d: %s".formatted(seed, step, what);
        assertEquals(model.contents(), contents(folder.resolve("volume")), where);
      }
    }
    assertEquals(outside, contents(folder.resolve("outside")));
  }

  private static String step(FileCalls guest, FilesModel model, SplittableRandom random) {
    String path = path(random);
    String in = "m/" + path;
    return switch (random.nextInt(7)) {
      case 0 ->
          same("mkdir " + path, model.makeFolder(path), guest.onPath("path_create_directory", in));
      case 1 ->
          same(
              "rmdir " + path, model.removeFolder(path), guest.onPath("path_remove_directory", in));
      case 2 -> same("unlink " + path, model.unlink(path), guest.onPath("path_unlink_file", in));
      case 3 -> rename(guest, model, path, path(random));
      case 4 -> {
        guest.sleep();
        yield "sleep";
      }
      default -> write(guest, model, path, random);
    };
  }

  private static String rename(FileCalls guest, FilesModel model, String from, String to) {
    int errno = guest.rename("m/" + from, "m/" + to);
    return same("rename %s %s".formatted(from, to), model.rename(from, to), errno);
  }

  private static String write(
      FileCalls guest, FilesModel model, String path, SplittableRandom random) {
    int flags = random.nextInt(16) & (CREATE | EXCLUSIVE | TRUNCATE);
    String text = "x".repeat(random.nextInt(9_000));
    boolean opens = model.open(path, flags);
    int errno = guest.tryOpen(ROOT, "m/" + path, flags, WRITE);
    String what = same("open %s %d".formatted(path, flags), opens, errno);
    if (opens) {
      int descriptor = guest.result();
      same("write", model.write(path, text), guest.write(descriptor, text));
      assertEquals(0, guest.call("fd_close", descriptor));
    }
    return what;
  }

  private static String same(String what, boolean expected, int errno) {
    assertEquals(expected, errno == 0, what + ": " + errno);
    return what;
  }

  private static String path(SplittableRandom random) {
    String first = NAMES.get(random.nextInt(NAMES.size()));
    return random.nextBoolean() ? first : first + "/" + NAMES.get(random.nextInt(3));
  }

  /** Whatever a guest calls with whatever arguments, it is answered, and nothing else changes. */
  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void hostileCallsAreAnswered(long seed) throws IOException {
    GuestMount mount = mount(false);
    Files.createSymbolicLink(folder.resolve("volume/l"), folder.resolve("outside"));
    Files.createSymbolicLink(folder.resolve("volume/f"), folder.resolve("outside/b"));
    SplittableRandom random = new SplittableRandom(seed);
    List<String> paths = List.of("m/l", "m/l/b", "m/f", "m/a", "m/../outside/b", "m/l/../f", "m");
    try (FileCalls guest = new FileCalls(mount)) {
      for (int step = 0; step < 20 * STEPS; step++) {
        guest.put(PATH, paths.get(random.nextInt(paths.size())));
        guest.put(FileCalls.OTHER_PATH, paths.get(random.nextInt(paths.size())));
        guest.buffer(0, DATA, random.nextInt(-1, 4000));
        String call = CALLS.get(random.nextInt(CALLS.size()));
        int errno = guest.call(call, arguments(random));
        assertTrue(errno >= 0 && errno <= 76, "seed %d, step %d".formatted(seed, step));
      }
    }
    assertEquals(outside, contents(folder.resolve("outside")));
  }

  private static long[] arguments(SplittableRandom random) {
    long[] arguments = new long[9];
    arguments[0] = random.nextInt(ROOT, 12);
    for (int i = 1; i < arguments.length; i++) {
      arguments[i] =
          switch (random.nextInt(8)) {
            case 0 -> PATH;
            case 1 -> FileCalls.OTHER_PATH;
            case 2 -> BUFFERS;
            case 3 -> RESULT;
            case 4 -> random.nextInt(1 << 17);
            case 5 -> random.nextInt(3, 16);
            case 6 -> random.nextInt(4);
            default -> i == 5 ? READ | WRITE : random.nextInt();
          };
    }
    return arguments;
  }

  /** Somebody else puts a link in the place of a folder, and back, while a guest works in it. */
  @Test
  void aLinkThatIsSwappedInLeadsNowhere() throws Exception {
    GuestMount mount = mount(false);
    Path volume = folder.resolve("volume");
    Path real = Files.createDirectories(volume.resolve("a"));
    Path link = Files.createSymbolicLink(volume.resolve("other"), folder.resolve("outside"));
    Path aside = volume.resolve("aside");
    Thread swapping =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    swap(real, aside, link);
                  }
                });
    int done = 0;
    try (FileCalls guest = new FileCalls(mount)) {
      // On a busy machine the folder may be away for most of the time.
      for (int i = 0; i < 1_000 || (done <= 100 && i < 100_000); i++) {
        done += guest.onPath("path_create_directory", "m/a/d" + i) == 0 ? 1 : 0;
        done += guest.tryOpen(ROOT, "m/a/b", CREATE | TRUNCATE, WRITE) == 0 ? 1 : 0;
        guest.call("fd_close", guest.result());
        guest.onPath("path_unlink_file", "m/a/b");
        guest.onPath("path_remove_directory", "m/a/a");
      }
    } finally {
      swapping.interrupt();
      swapping.join();
    }
    assertEquals(outside, contents(folder.resolve("outside")));
    assertTrue(done > 100, "the guest did something: " + done);
  }

  private static void swap(Path real, Path aside, Path link) {
    try {
      Files.move(real, aside);
      Files.move(link, real);
      Files.move(real, link);
      Files.move(aside, real);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
