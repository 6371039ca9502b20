package io.hiberlet.agent;

import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogStore;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Has the lines of containers written down now and then, all together. Only an agent that is killed
 * loses what came since the last time. Thread-safe.
 */
final class LogRounds implements AutoCloseable {
  /**
   * As long as Linux keeps what was written in memory (dirty_expire_centisecs): to gather for less
   * long spares a disk next to nothing, as docs/performance.md shows.
   */
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final LogStore store;
  private final ScheduledFuture<?> task;

  /**
   * @param blocking waits for the disk
   */
  LogRounds(LogLimits limits, ScheduledExecutorService timer, Executor blocking) {
    LogStore shared = new LogStore(limits);
    store = shared;
    task =
        timer.scheduleWithFixedDelay(
            () -> blocking.execute(shared::flush),
            PERIOD.toMillis(),
            PERIOD.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  LogStore store() {
    return store;
  }

  /** Writes down what is left. To be called when no container writes any more. */
  @Override
  public void close() {
    task.cancel(false);
    store.flush();
  }
}
