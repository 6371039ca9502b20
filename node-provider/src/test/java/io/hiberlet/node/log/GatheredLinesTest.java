package io.hiberlet.node.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.LogRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When what a container wrote gets to the disk. */
class GatheredLinesTest {
  private static final LogRequest ALL =
      new LogRequest(
          "default",
          "ring",
          null,
          "main",
          false,
          false,
          false,
          null,
          OptionalLong.empty(),
          OptionalLong.empty(),
          null);

  @TempDir Path disk;
  private final LogStore store = new LogStore(LogLimits.KUBELET_DEFAULTS);
  private Path folder;
  private ContainerLog log;

  @BeforeEach
  void open() throws IOException {
    folder = disk;
    log = store.open(() -> folder, 0);
  }

  @Test
  void linesWaitForTheRoundWhileTheContainerSleeps() throws Exception {
    print("one");
    log.park();
    print("two");
    assertEquals(0, onDisk().lines().count());
    store.flush();
    assertEquals(2, onDisk().lines().count());
  }

  @Test
  void whoReadsSeesEverything() throws Exception {
    print("one");
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    LogReader.copy(log, ALL, NextRun.NONE, read);
    assertEquals("one\n", read.toString(UTF_8));
    assertEquals(1, onDisk().lines().count());
  }

  @Test
  void aFullPageDoesNotWait() throws Exception {
    for (int i = 0; i < 100; i++) {
      print("a line of some forty letters or so, " + i);
    }
    long waiting = 100 - onDisk().lines().count();
    assertTrue(0 < waiting && waiting < 60, waiting + " of 100 lines are not on the disk");
  }

  @Test
  void theEndOfARunIsWrittenDown() throws Exception {
    print("last words");
    log.close();
    assertTrue(onDisk().endsWith(" stdout F last words\n"), onDisk());
  }

  @Test
  void aDiskThatTakesNothingForAWhileLosesNothing() throws Exception {
    print("one");
    folder = disk.resolve("absent");
    store.flush();
    print("two");
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    LogReader.copy(log, ALL, NextRun.NONE, read);
    assertEquals("", read.toString(UTF_8));
    folder = disk;
    store.flush();
    assertEquals(2, onDisk().lines().count());
  }

  @Test
  void aDiskThatTakesNothingMakesTheContainerFailRatherThanTheAgent() throws Exception {
    folder = disk.resolve("absent");
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 100; i++) {
            print("a line of some forty letters or so, " + i);
          }
        });
  }

  private void print(String line) throws IOException {
    OutputStream stdout = log.stream(Stream.STDOUT);
    stdout.write((line + "\n").getBytes(UTF_8));
  }

  private String onDisk() throws IOException {
    return Files.readString(disk.resolve("0.log"));
  }
}
