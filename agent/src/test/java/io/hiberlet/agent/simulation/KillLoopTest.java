package io.hiberlet.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import io.hiberlet.snapshot.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent with real controllers on a real disk, killed again and again while it works
 * (docs/testing.md). How often: {@code hiberlet.faults.kills}. A failure names its seed, which
 * draws the moments and the events again as {@code hiberlet.faults.seed}; what falls into those
 * moments it cannot draw.
 */
@Tag("faults")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KillLoopTest {
  private static final int KILLS = Integer.getInteger("hiberlet.faults.kills", 3);
  private static final int PODS = 6;
  private static final int LONGEST_LIFE_MILLIS = 600;
  private static final int ONE_IN_ORDER = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> NEVER =
      Set.of("Trapped", "HostError", "SnapshotCorrupt", "HibernationFailed", "WakeTimeout");

  @TempDir Path folder;

  private final long seed = Long.getLong("hiberlet.faults.seed", new SplittableRandom().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final Set<String> hibernated = new HashSet<>();

  @Test
  void nothingIsLostHoweverOftenItIsKilled() throws Exception {
    try (LogServer server = new LogServer(PODS, random.split())) {
      killAgainAndAgain(server);
      goOnAndDeleteAll(server);
      requireEmptyStore();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void killAgainAndAgain(LogServer server) throws Exception {
    int killed = 0;
    while (killed < KILLS) {
      Process agent = start(server);
      work(server, random.nextInt(LONGEST_LIFE_MILLIS));
      if (random.nextInt(ONE_IN_ORDER) == 0) {
        agent.outputWriter(StandardCharsets.UTF_8).close();
        await("ended");
      } else {
        agent.toHandle().destroyForcibly();
        killed++;
      }
      agent.waitFor();
    }
  }

  private void goOnAndDeleteAll(LogServer server) throws Exception {
    Process agent = start(server);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!(server.isUpToDate() && hibernated.size() == PODS) && System.nanoTime() < deadline) {
      listen(20);
    }
    assertTrue(server.isUpToDate(), "acknowledged" + server.describe());
    assertTrue(server.events() > KILLS, "there was work");
    assertEquals(PODS, hibernated.size(), "each hibernated at some time");
    try (var commands = agent.outputWriter(StandardCharsets.UTF_8)) {
      commands.write("delete\n");
    }
    await("ended");
    agent.waitFor();
    assertNull(server.violation());
  }

  private Process start(LogServer server) throws IOException, InterruptedException {
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                WitnessProcess.class.getName(),
                folder.resolve("store").toString(),
                Integer.toString(server.port()),
                Integer.toString(PODS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread.ofVirtual().start(() -> read(agent));
    await("ready");
    return agent;
  }

  private void read(Process agent) {
    try (BufferedReader lines = agent.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(said::add);
    } catch (UncheckedIOException e) {
      said.add("cut off"); // it was killed in the middle of a line
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Events happen while the agent is up. */
  private void work(LogServer server, long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      server.append();
      listen(random.nextInt(1, 10));
      assertNull(server.violation());
    }
  }

  private void await(String line) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!listen(100).equals(line)) {
      assertTrue(System.nanoTime() < deadline, "the agent does not say that it is " + line);
    }
  }

  /** Hears what the agent says, if it says something within that time. */
  private String listen(long millis) throws InterruptedException {
    String line = said.poll(millis, TimeUnit.MILLISECONDS);
    if (line == null) {
      return "";
    }
    List<String> words = List.of(line.split(" ", 3));
    assertFalse(NEVER.contains(words.getFirst()), line);
    if (words.getFirst().equals("hibernated")) {
      hibernated.add(words.get(1));
    }
    if (words.getFirst().equals("Started")) {
      assertFalse(hibernated.contains(words.get(1)), "a snapshot was lost: " + line);
    }
    return line;
  }

  private void requireEmptyStore() {
    try (SnapshotStore store =
        RocksSnapshotStore.open(folder.resolve("store"), StoreOptions.DEFAULT)) {
      for (Table table : Table.values()) {
        assertEquals(0, store.keys(table, new byte[0]).size(), "deleted pods left something");
      }
    }
  }
}
