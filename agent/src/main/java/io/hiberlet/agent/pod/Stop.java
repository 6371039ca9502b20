package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerAlarm;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The end of a controller that was asked for: how long its guest may take, and who waits for it.
 * Used by the controller's owner only.
 */
final class Stop {
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private Duration grace = Duration.ZERO;
  private @Nullable OwnerAlarm graceGone;

  Stop(ScheduledExecutorService timer, Executor owner) {
    this.timer = timer;
    this.owner = owner;
  }

  /** Sets what is left from now on, instead of what was set before. */
  void allow(Duration grace, Runnable whenGone) {
    this.grace = grace;
    cancel();
    graceGone = OwnerAlarm.set(timer, owner, grace, whenGone);
  }

  /** The whole grace, as it was set last. */
  Duration grace() {
    return grace;
  }

  /** To be completed at the end, after the observer was told. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** The grace does not matter any more. */
  void cancel() {
    OwnerAlarm.cancel(graceGone);
  }
}
