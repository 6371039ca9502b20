package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerAlarm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a pod has been on the node for longer than its {@code activeDeadlineSeconds}, by the
 * wall clock and across processes. Used by the pod's owner only.
 */
final class ActiveDeadline {
  private final Instant since;
  private final Runnable exceeded;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private @Nullable Duration longest;
  private @Nullable OwnerAlarm alarm;

  ActiveDeadline(
      Instant since,
      Runnable exceeded,
      Clock clock,
      ScheduledExecutorService timer,
      Executor owner) {
    this.since = since;
    this.exceeded = exceeded;
    this.clock = clock;
    this.timer = timer;
    this.owner = owner;
  }

  /** Sets how long the pod may be here, instead of what was set before; null for no deadline. */
  void set(@Nullable Duration longest) {
    this.longest = longest;
    look();
  }

  private void look() {
    cancel();
    if (longest == null) {
      return;
    }
    Duration left = longest.minus(Duration.between(since, clock.instant()));
    if (left.isPositive()) {
      alarm = OwnerAlarm.set(timer, owner, left.plusMillis(1), this::look);
    } else {
      exceeded.run();
    }
  }

  void cancel() {
    alarm = OwnerAlarm.cancel(alarm);
  }
}
