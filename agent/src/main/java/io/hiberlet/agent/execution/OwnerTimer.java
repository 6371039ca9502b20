package io.hiberlet.agent.execution;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One task of a {@link SerialExecutor} that is due later. Setting it anew takes the old one back,
 * also when that is due already and waits for its turn. Used by the executor's tasks only.
 */
public final class OwnerTimer {
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private @Nullable Turn turn;

  public OwnerTimer(ScheduledExecutorService timer, Executor owner) {
    this.timer = timer;
    this.owner = owner;
  }

  /** Runs a task on the owner after a delay, and never the one that was set before. */
  public void set(Duration delay, Runnable task) {
    cancel();
    Turn next = new Turn(task);
    next.alarm = timer.schedule(() -> owner.execute(next), delay.toMillis(), TimeUnit.MILLISECONDS);
    turn = next;
  }

  /** Whether a task is set and was not run. */
  public boolean isSet() {
    return turn != null;
  }

  /** Takes the task back, if there is one. */
  public void cancel() {
    if (turn != null && turn.alarm != null) {
      turn.alarm.cancel(false);
    }
    turn = null;
  }

  /** Runs its task unless another one was set since. */
  private final class Turn implements Runnable {
    private final Runnable task;
    private @Nullable ScheduledFuture<?> alarm;

    Turn(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (turn == this) {
        turn = null;
        task.run();
      }
    }
  }
}
