package io.hiberlet.agent.execution;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One task of a {@link SerialExecutor} that is due later, and can be taken back until it runs: also
 * when it is due already and waits for its turn. Used by the executor's tasks only.
 */
public final class OwnerAlarm {
  private @Nullable Runnable task;
  private @Nullable ScheduledFuture<?> alarm;

  private OwnerAlarm(Runnable task) {
    this.task = task;
  }

  /** Runs a task on its owner after a delay. */
  public static OwnerAlarm set(
      ScheduledExecutorService timer, Executor owner, Duration delay, Runnable task) {
    OwnerAlarm set = new OwnerAlarm(task);
    set.alarm =
        timer.schedule(() -> owner.execute(set::ring), delay.toMillis(), TimeUnit.MILLISECONDS);
    return set;
  }

  /** Takes the task back of one that was set, if there is one; answers what is left: nothing. */
  public static @Nullable OwnerAlarm cancel(@Nullable OwnerAlarm set) {
    if (set != null) {
      set.clear();
    }
    return null;
  }

  /** How long until it rings; zero when it is due or has rung. */
  public Duration remaining() {
    long nanos = alarm == null ? 0 : alarm.getDelay(TimeUnit.NANOSECONDS);
    return Duration.ofNanos(Math.max(0, nanos));
  }

  private void ring() {
    Runnable due = task;
    clear();
    if (due != null) {
      due.run();
    }
  }

  private void clear() {
    if (alarm != null) {
      alarm.cancel(false);
    }
    task = null;
    alarm = null;
  }
}
