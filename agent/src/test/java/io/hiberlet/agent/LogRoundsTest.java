package io.hiberlet.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRoundsTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final Rounds timer = new Rounds();
  private final LogRounds rounds = new LogRounds(LogLimits.KUBELET_DEFAULTS, timer, Runnable::run);

  @BeforeEach
  void print() throws IOException {
    ContainerLog log = rounds.store().open(() -> folder, 0);
    log.stream(Stream.STDOUT).write("a line\n".getBytes(UTF_8));
    assertEquals("", onDisk());
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void noLineWaitsForLongerThanARound() throws IOException {
    assertTrue(timer.delay.compareTo(LONGEST) <= 0, timer.delay.toString());
    timer.round.run();
    assertTrue(onDisk().endsWith(" stdout F a line\n"), onDisk());
  }

  @Test
  void nothingIsLostWhenTheAgentStops() throws IOException {
    rounds.close();
    assertTrue(onDisk().endsWith(" stdout F a line\n"), onDisk());
    assertTrue(timer.task.isCancelled());
  }

  private String onDisk() throws IOException {
    return Files.readString(folder.resolve("0.log"));
  }

  /** Leaves it to the test when a round begins. */
  private static final class Rounds extends ScheduledThreadPoolExecutor {
    private Runnable round;
    private Duration delay;
    private ScheduledFuture<?> task;

    Rounds() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long between, TimeUnit unit) {
      round = command;
      delay = Duration.of(Math.max(initialDelay, between), unit.toChronoUnit());
      task = schedule(() -> {}, 1, TimeUnit.DAYS);
      return task;
    }
  }
}
