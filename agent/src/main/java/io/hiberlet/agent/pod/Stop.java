package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The end of a controller that was asked for: how long its guest may take, and who waits for it.
 * Used by the controller's owner only.
 */
final class Stop {
  private final OwnerTimer timer;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private Duration grace = Duration.ZERO;

  Stop(ScheduledExecutorService timer, Executor owner) {
    this.timer = new OwnerTimer(timer, owner);
  }

  /** Sets what is left from now on, instead of what was set before. */
  void allow(Duration grace, Runnable whenGone) {
    this.grace = grace;
    timer.set(grace, whenGone);
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
    timer.cancel();
  }
}
