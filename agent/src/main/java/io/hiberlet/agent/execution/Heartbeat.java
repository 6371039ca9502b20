package io.hiberlet.agent.execution;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Shows whether the agent's timer still runs tasks; everything that must happen in time depends on
 * it. Thread-safe.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration TOO_OLD = Duration.ofSeconds(15);

  private final ScheduledFuture<?> task;
  private volatile long lastNanos = System.nanoTime();

  public Heartbeat(ScheduledExecutorService timer) {
    task =
        timer.scheduleAtFixedRate(
            () -> lastNanos = System.nanoTime(), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the timer ran a task within the last seconds. */
  public boolean isBeating() {
    return System.nanoTime() - lastNanos < TOO_OLD.toNanos();
  }

  /** Stops looking. */
  @Override
  public void close() {
    task.cancel(false);
  }
}
