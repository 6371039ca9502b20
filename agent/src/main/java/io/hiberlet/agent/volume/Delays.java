package io.hiberlet.agent.volume;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sets what happens later. Thread-safe. */
@FunctionalInterface
public interface Delays {

  /**
   * Runs a task, which must not block, after a delay.
   *
   * @return takes it back
   */
  Runnable after(Duration delay, Runnable task);

  /** By a timer. */
  static Delays of(ScheduledExecutorService timer) {
    return (delay, task) -> {
      Future<?> future = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
      return () -> future.cancel(false);
    };
  }
}
