package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.node.object.ObjectName;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a container is started next: after a back-off, or as soon as an object changes that its last
 * try lacked. Used by the pod's owner only.
 */
final class NextStart {
  private final PodServices services;
  private final SerialExecutor owner;
  private final Runnable start;
  private final RestartBackoff backoff = new RestartBackoff();
  private @Nullable ScheduledFuture<?> next;
  private @Nullable AwaitedObject awaited;
  private boolean changedMeanwhile;
  private boolean cancelled;

  /**
   * @param start a try; tells here when it begins and what came of it
   */
  NextStart(PodServices services, SerialExecutor owner, Runnable start) {
    this.services = services;
    this.owner = owner;
    this.start = start;
  }

  /** A try begins. */
  void begins() {
    next = null;
    changedMeanwhile = false;
  }

  /**
   * A try failed.
   *
   * @param lacked what must change for the next one to go better; null when nobody knows
   * @return how long to wait before the next one
   */
  Duration failed(@Nullable ObjectName lacked) {
    Duration delay = changedMeanwhile ? Duration.ZERO : backoff.afterFailedStart();
    await(lacked);
    return delay;
  }

  /** A try went well, and the container runs. */
  void succeeded() {
    await(null);
    awaited = null;
  }

  /** The wait before the start after a run that took so long. */
  Duration afterRun(Duration ran) {
    return backoff.afterRun(ran);
  }

  /** Does something later, unless all is cancelled by then. */
  void after(Duration delay, Runnable task) {
    next =
        services
            .controllers()
            .timer()
            .schedule(
                () -> owner.execute(() -> run(task)), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run(Runnable task) {
    if (!cancelled) {
      task.run();
    }
  }

  /**
   * What is started has become another: the next try is now, and failures of before do not count.
   */
  void now() {
    forgive();
    tryNow();
  }

  /** Failures of before do not count any more. */
  void forgive() {
    backoff.reset();
  }

  /** There is no next start. */
  void cancel() {
    cancelled = true;
    await(null);
    if (next != null) {
      next.cancel(false);
    }
  }

  private void await(@Nullable ObjectName object) {
    if (awaited == null && object != null) {
      awaited = new AwaitedObject(services.objects(), owner, this::tryNow);
    }
    if (awaited != null) {
      awaited.await(object);
    }
  }

  /** Ends the wait for the next try, or, when one is under way, has it followed by another. */
  private void tryNow() {
    ScheduledFuture<?> waiting = next;
    if (waiting == null) {
      changedMeanwhile = true;
    } else if (!cancelled && waiting.cancel(false)) {
      start.run();
    }
  }
}
