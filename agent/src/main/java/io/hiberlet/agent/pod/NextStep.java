package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerAlarm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The next thing that a life does by itself, if there is one: a hibernation, or another try of what
 * failed. Used by the controller's owner.
 */
final class NextStep {
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private @Nullable OwnerAlarm alarm;

  NextStep(ScheduledExecutorService timer, Executor owner) {
    this.timer = timer;
    this.owner = owner;
  }

  /** Takes the place of what was to come. */
  void in(Duration delay, Runnable task) {
    OwnerAlarm.cancel(alarm);
    alarm = OwnerAlarm.set(timer, owner, delay, task);
  }

  void cancel() {
    alarm = OwnerAlarm.cancel(alarm);
  }

  /** How long until then; zero when it has come. */
  Optional<Duration> remaining() {
    return Optional.ofNullable(alarm).map(OwnerAlarm::remaining);
  }
}
