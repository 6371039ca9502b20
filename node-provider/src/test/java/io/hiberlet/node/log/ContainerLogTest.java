package io.hiberlet.node.log;

import static io.hiberlet.node.log.Stream.STDERR;
import static io.hiberlet.node.log.Stream.STDOUT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.LogRequest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class ContainerLogTest {

  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final LogRequest ALL =
      new LogRequest(
          "default", "ring", null, "main", false, false, false, null, empty(), empty(), null);

  @TempDir Path dir;
  private Instant now = START;
  private final InstantSource clock = () -> now;

  @Test
  void recordsAreInTheFormatOfTheContainerRuntimeInterface() throws Exception {
    try (ContainerLog log = open(0, new LogLimits(1000, 2, 4))) {
      write(log, STDOUT, "abcdef\n\n");
      write(log, STDERR, "end");
    }
    assertEquals(
        """
        2026-11-21T10:00:00.000000000Z stdout P abcd
        2026-11-21T10:00:00.000000000Z stdout F ef
        2026-11-21T10:00:00.000000000Z stdout F\s
        2026-11-21T10:00:00.000000000Z stderr F end
        """,
        Files.readString(dir.resolve("0.log")));
    assertEquals("abcdef\n\nend\n", read(ALL));
  }

  static Stream<Arguments> options() {
    return Stream.of(
        Arguments.of("everything", ALL, "one\ntwo\nthree\nfour\n"),
        Arguments.of("tail", with(of(2), empty(), null, false), "three\nfour\n"),
        Arguments.of("tail of nothing", with(of(0), empty(), null, false), ""),
        Arguments.of("tail of all", with(of(4), empty(), null, false), "one\ntwo\nthree\nfour\n"),
        Arguments.of(
            "tail of more", with(of(1000), empty(), null, false), "one\ntwo\nthree\nfour\n"),
        Arguments.of("limit", with(empty(), of(5), null, false), "one\nt"),
        Arguments.of("since", with(empty(), empty(), START.plusSeconds(2), false), "three\nfour\n"),
        Arguments.of("since the future", with(empty(), empty(), START.plusSeconds(9), false), ""),
        Arguments.of(
            "tail, then since", with(of(3), empty(), START.plusSeconds(3), false), "four\n"),
        Arguments.of(
            "timestamps",
            with(of(1), empty(), null, true),
            "2026-11-21T10:00:03.000000000Z four\n"),
        Arguments.of(
            "timestamps are within the limit",
            with(of(1), of(33), null, true),
            "2026-11-21T10:00:03.000000000Z fo"));
  }

  /** Each option must mean the same however the lines are cut into parts and files. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void optionsSelectLines(String name, LogRequest request, String expected) throws Exception {
    for (LogLimits limits :
        List.of(
            new LogLimits(10_000, 2, 100), new LogLimits(1, 100, 100), new LogLimits(60, 100, 2))) {
      now = START;
      Path each = dir.resolve(limits.maxFileBytes() + "-" + limits.maxLineBytes());
      try (ContainerLog log = new LogStore(limits, clock).open(() -> each, 0)) {
        for (String line : List.of("one\n", "two\n", "three\n", "four\n")) {
          write(log, STDOUT, line);
          now = now.plusSeconds(1);
        }
        assertEquals(expected, read(log, request), limits.toString());
      }
      ByteArrayOutputStream finished = new ByteArrayOutputStream();
      LogReader.copy(each, request, NextRun.NONE, finished);
      assertEquals(expected, finished.toString(UTF_8), limits.toString());
    }
  }

  @Test
  void rotationKeepsABoundedNumberOfFilesAndTheNewestLines() throws Exception {
    try (ContainerLog log = open(0, new LogLimits(200, 3, 100))) {
      for (int i = 0; i < 100; i++) {
        write(log, STDOUT, "line " + i + "\n");
      }
    }
    try (Stream<Path> files = Files.list(dir)) {
      List<Path> kept = files.toList();
      assertEquals(3, kept.size(), kept.toString());
      for (Path file : kept) {
        assertTrue(Files.size(file) <= 200, file + " is larger than its limit");
      }
    }
    assertTrue(read(ALL).endsWith("line 98\nline 99\n"));
  }

  @Test
  void followingSurvivesRotationAndParkingAndEndsWithTheLog() throws Exception {
    ContainerLog log = open(0, new LogLimits(150, 1000, 100));
    write(log, STDOUT, "before\n");
    PipedInputStream followed = new PipedInputStream();
    PipedOutputStream to = new PipedOutputStream(followed);
    CompletableFuture<Void> following = follow(log, to);
    try (var lines = new BufferedReader(new InputStreamReader(followed, UTF_8))) {
      assertEquals("before", lines.readLine());
      for (int i = 0; i < 50; i++) {
        log.park();
        write(log, STDERR, "after " + i + "\n");
        assertEquals("after " + i, lines.readLine());
      }
      assertFalse(following.isDone());
      write(log, STDOUT, "last words");
      log.close();
      assertEquals("last words", lines.readLine());
      assertEquals(null, lines.readLine());
    }
    following.get(10, TimeUnit.SECONDS);
  }

  @Test
  void followingGoesOnWithTheNextRunsUpToItsLimit() throws Exception {
    ContainerLog first = open(0, LogLimits.KUBELET_DEFAULTS);
    write(first, STDOUT, "one\ntwo\n");
    first.close();
    List<Integer> ended = new ArrayList<>();
    NextRun next =
        run -> {
          ended.add(run);
          ContainerLog later = written(run + 1, "run " + (run + 1) + "\n");
          return run == 0 ? later : null; // the last one is over before anybody sees it
        };
    LogRequest lastLine = following(OptionalLong.of(1), OptionalLong.empty());
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    LogReader.copy(first, lastLine, next, to);
    assertEquals("two\nrun 1\nrun 2\n", to.toString(UTF_8));
    assertEquals(List.of(0, 1), ended);

    to.reset();
    LogReader.copy(
        dir,
        following(OptionalLong.empty(), OptionalLong.of(8)),
        run -> written(run + 1, "run " + (run + 1) + "\n"),
        to);
    assertEquals("run 2\nru", to.toString(UTF_8), "not a byte more than asked for");
  }

  @Test
  void aLineThatIsHalfWrittenSurvivesParking() throws Exception {
    try (ContainerLog log = open(0, LogLimits.KUBELET_DEFAULTS)) {
      write(log, STDOUT, "half a ");
      log.park();
      write(log, STDOUT, "line\nlast words");
      log.park();
    }
    assertEquals("half a line\nlast words\n", read(ALL));
  }

  @Test
  void manyFollowersSeeEveryLineOfManyWriters() throws Exception {
    ContainerLog log = open(0, new LogLimits(2000, 10_000, 100));
    List<ByteArrayOutputStream> seen = new ArrayList<>();
    List<CompletableFuture<Void>> followers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ByteArrayOutputStream to = new ByteArrayOutputStream();
      seen.add(to);
      followers.add(follow(log, to));
    }
    List<Thread> writers = new ArrayList<>();
    for (var stream : io.hiberlet.node.log.Stream.values()) {
      writers.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < 500; i++) {
                    write(log, stream, stream + " " + i + "\n");
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    log.close();
    for (int i = 0; i < followers.size(); i++) {
      followers.get(i).get(10, TimeUnit.SECONDS);
      String text = seen.get(i).toString(UTF_8);
      assertEquals(1000, text.lines().count());
      for (var stream : io.hiberlet.node.log.Stream.values()) {
        List<String> own = text.lines().filter(line -> line.startsWith(stream + " ")).toList();
        for (int n = 0; n < 500; n++) {
          assertEquals(stream + " " + n, own.get(n));
        }
      }
    }
  }

  @Test
  void previousIsTheRunBefore() throws Exception {
    LogRequest previous =
        new LogRequest(
            "default", "ring", null, "main", false, true, false, null, empty(), empty(), null);
    try (ContainerLog first = open(0, LogLimits.KUBELET_DEFAULTS)) {
      write(first, STDOUT, "first run\n");
      assertThrows(
          NoSuchContainerException.class,
          () -> LogReader.copy(first, previous, NextRun.NONE, OutputStream.nullOutputStream()));
    }
    try (ContainerLog second = open(1, LogLimits.KUBELET_DEFAULTS)) {
      ByteArrayOutputStream to = new ByteArrayOutputStream();
      LogReader.copy(second, previous, NextRun.NONE, to);
      assertEquals("first run\n", to.toString(UTF_8));
    }
    assertEquals("first run\n", read(previous));
    open(2, LogLimits.KUBELET_DEFAULTS).close();
    assertFalse(Files.exists(dir.resolve("0.log")), "only one previous run is kept");
  }

  @Test
  void aTornRecordIsPassedOverAndTheLogGoesOn() throws Exception {
    try (ContainerLog log = open(0, LogLimits.KUBELET_DEFAULTS)) {
      write(log, STDOUT, "whole\n");
    }
    Files.writeString(dir.resolve("0.log"), "2026-11-21T10:0", StandardOpenOption.APPEND);
    assertEquals("whole\n", read(ALL));
    try (ContainerLog log = open(0, LogLimits.KUBELET_DEFAULTS)) {
      write(log, STDOUT, "after the crash\n");
    }
    assertEquals("whole\nafter the crash\n", read(ALL));
  }

  @Test
  void whateverIsInTheFileReadingEnds() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 30; i++) {
      byte[] bytes = new byte[random.nextInt(300_000)];
      random.nextBytes(bytes);
      for (int n = 0; n < bytes.length; n += 1 + random.nextInt(200)) {
        bytes[n] = " \nFP".getBytes(UTF_8)[random.nextInt(4)];
      }
      Files.write(dir.resolve("0.log"), bytes);
      for (LogRequest request : List.of(ALL, with(of(random.nextInt(50)), empty(), START, true))) {
        assertTrue(read(request).length() <= 2 * bytes.length, "seed " + seed);
      }
    }
  }

  @Test
  void aClosedLogTakesNothingMore() throws Exception {
    ContainerLog log = open(0, LogLimits.KUBELET_DEFAULTS);
    log.close();
    assertThrows(IOException.class, () -> write(log, STDOUT, "late\n"));
  }

  private ContainerLog open(int run, LogLimits limits) throws IOException {
    return new LogStore(limits, clock).open(() -> dir, run);
  }

  private String read(LogRequest request) throws Exception {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    LogReader.copy(dir, request, NextRun.NONE, to);
    return to.toString(UTF_8);
  }

  private static String read(ContainerLog log, LogRequest request) throws Exception {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    LogReader.copy(log, request, NextRun.NONE, to);
    return to.toString(UTF_8);
  }

  private static CompletableFuture<Void> follow(ContainerLog log, OutputStream to) {
    LogRequest request =
        new LogRequest(
            "default", "ring", null, "main", true, false, false, null, empty(), empty(), null);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try (to) {
            LogReader.copy(log, request, NextRun.NONE, to);
            done.complete(null);
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  @Test
  void oneStreamAloneCanBeAskedFor() throws Exception {
    try (ContainerLog log = open(0, LogLimits.KUBELET_DEFAULTS)) {
      write(log, STDOUT, "one\n");
      write(log, STDERR, "two\n");
      write(log, STDOUT, "three\n");
      assertEquals("one\nthree\n", read(log, of(STDOUT)));
      assertEquals("two\n", read(log, of(STDERR)));
    }
  }

  @Test
  void whoWritesWithoutEndIsThrottledAndTold() throws Exception {
    LogLimits limits = new LogLimits(100_000, 2, 8, 100, 10 << 10);
    try (ContainerLog log = open(0, limits)) {
      for (int i = 0; i < 30; i++) {
        write(log, STDOUT, "line %03d\n".formatted(i));
      }
      String before = read(log, ALL);
      assertTrue(before.startsWith("line 000\n") && before.endsWith("line 012\n"), before);
      now = now.plusSeconds(1);
      write(log, STDOUT, "a line in parts\n");
      assertEquals(
          before
              + "hiberlet: 17 lines (136 bytes) are left out here, as more than 10 KiB/s came for"
              + " too long\na line in parts\n",
          read(log, ALL));
      for (int i = 0; i < 14; i++) {
        write(log, STDERR, "again 3 parts, all or none\n");
      }
      log.park();
      String again = read(log, ALL).substring(before.length());
      assertEquals(4, again.lines().filter(line -> line.contains("all or none")).count(), again);
      assertTrue(again.contains("hiberlet: 10 lines (260 bytes)"), again);
    }
  }

  private static LogRequest of(io.hiberlet.node.log.Stream stream) {
    return new LogRequest(
        "default", "ring", null, "main", false, false, false, null, empty(), empty(), stream);
  }

  /** The log of a run that has ended already. */
  private ContainerLog written(int run, String text) {
    try (ContainerLog log = open(run, LogLimits.KUBELET_DEFAULTS)) {
      write(log, STDOUT, text);
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LogRequest following(OptionalLong tail, OptionalLong limit) {
    return new LogRequest(
        "default", "ring", null, "main", true, false, false, null, tail, limit, null);
  }

  private static void write(ContainerLog log, io.hiberlet.node.log.Stream stream, String text)
      throws IOException {
    log.stream(stream).write(text.getBytes(UTF_8));
  }

  private static LogRequest with(
      OptionalLong tail, OptionalLong limit, Instant since, boolean timestamps) {
    return new LogRequest(
        "default", "ring", null, "main", false, false, timestamps, since, tail, limit, null);
  }

  private static OptionalLong of(long value) {
    return OptionalLong.of(value);
  }

  private static OptionalLong empty() {
    return OptionalLong.empty();
  }
}
