package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.OwnerAlarm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Ends the containers of a pod, in order and within one grace: sidecars when it is their turn, or,
 * as the kubelet does it, shortly before the end if that never comes. Used by the pod's owner only.
 */
final class PodStop {
  /** What a container gets whose turn comes when the grace is nearly over; the kubelet's number. */
  private static final Duration LEAST_GRACE = Duration.ofSeconds(2);

  private final List<ContainerLifecycle> containers;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final Set<String> told = new HashSet<>();
  private @Nullable Instant deadline;
  private Duration leastGrace = LEAST_GRACE;
  private boolean isLate;
  private @Nullable OwnerAlarm late;

  PodStop(
      List<ContainerLifecycle> containers,
      Clock clock,
      ScheduledExecutorService timer,
      Executor owner) {
    this.containers = containers;
    this.clock = clock;
    this.timer = timer;
    this.owner = owner;
  }

  /** Nothing is started any more, and what runs has this grace, or what is left if that is less. */
  void within(Duration grace) {
    containers.forEach(ContainerLifecycle::retire);
    Instant wanted = clock.instant().plus(grace);
    if (deadline != null && !wanted.isBefore(deadline)) {
      return;
    }
    deadline = wanted;
    leastGrace = grace.compareTo(LEAST_GRACE) < 0 ? grace : LEAST_GRACE;
    told.clear();
    OwnerAlarm.cancel(late);
    late = OwnerAlarm.set(timer, owner, grace, this::turnsAreOver);
    advance();
  }

  private void turnsAreOver() {
    isLate = true;
    advance();
  }

  /** To be called after every change of a container: others may have their turn now. */
  void advance() {
    List<ContainerView> views = containers.stream().map(ContainerLifecycle::view).toList();
    for (int i = 0; i < views.size(); i++) {
      if (views.get(i).isRunning()
          && (isLate || PodPlan.mayStop(views, i))
          && told.add(containers.get(i).name())) {
        containers.get(i).stop(grace());
      }
    }
    if (views.stream().noneMatch(ContainerView::isRunning)) {
      late = OwnerAlarm.cancel(late);
      over.complete(null);
    }
  }

  private Duration grace() {
    Duration left = deadline == null ? leastGrace : Duration.between(clock.instant(), deadline);
    return left.compareTo(leastGrace) < 0 ? leastGrace : left;
  }

  /** Completes when nothing of the pod runs. */
  CompletableFuture<Void> over() {
    return over;
  }
}
