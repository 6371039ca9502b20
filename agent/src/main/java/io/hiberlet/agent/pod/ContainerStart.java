package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReporter;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Gets ready what a container's lives begin with: its module, its volumes, its environment. What
 * fails is told and tried again, by the rules of {@link NextStart}. Used by the pod's owner only.
 */
final class ContainerStart {

  /** Less than the shortest back-off. */
  private static final Duration PULL_FAILURE_SHOWN = Duration.ofSeconds(5);

  /** What a life begins with. */
  record Prepared(String module, String moduleDigest, ResolvedSettings settings) {}

  private final PodKey pod;
  private ControllerSpec spec;
  private final SerialExecutor owner;
  private final PodServices services;
  private final PodReporter reporter;
  private final Consumer<Prepared> begin;
  private final Consumer<Waiting> waits;
  private final NextStart next;
  private boolean cancelled;

  /**
   * @param begin gets what is ready
   * @param waits hears why nothing is ready yet
   */
  ContainerStart(
      PodKey pod,
      ControllerSpec spec,
      SerialExecutor owner,
      PodServices services,
      PodReporter reporter,
      Consumer<Prepared> begin,
      Consumer<Waiting> waits) {
    this.pod = pod;
    this.spec = spec;
    this.owner = owner;
    this.services = services;
    this.reporter = reporter;
    this.begin = begin;
    this.waits = waits;
    this.next = new NextStart(services, owner, this::prepare);
  }

  /** What is made ready from the next try on; for another module, that is now. */
  void update(ControllerSpec changed) {
    boolean otherModule = !changed.module().equals(spec.module());
    spec = changed;
    if (otherModule) {
      next.now();
    }
  }

  /** Tries now. */
  void prepare() {
    if (cancelled) {
      return;
    }
    next.begins();
    ControllerSpec wanted = spec;
    services
        .fetchModule(pod, wanted, new PullEvents(reporter, services.controllers().metrics()))
        .thenCompose(
            digest ->
                services
                    .configure(pod, wanted)
                    .thenApply(settings -> new Prepared(wanted.module(), digest, settings)))
        .whenCompleteAsync(this::prepared, owner);
  }

  private void prepared(Prepared ready, Throwable failure) {
    if (cancelled) {
      return;
    }
    if (failure != null) {
      failed(StartFailure.of(failure));
    } else if (ready.module().equals(spec.module())) {
      begin.accept(ready);
    } else {
      prepare();
    }
  }

  /** What was ready did not come to run: begins again with getting it ready, after a wait. */
  void failed(StartFailure failure) {
    failed(failure, this::prepare);
  }

  /** Something failed that is to be tried again after a wait. */
  void failed(StartFailure failure, Runnable attempt) {
    Duration delay = next.failed(failure.waitsFor());
    services.controllers().metrics().startFailed(failure.reason());
    failure.tell(reporter);
    waits.accept(failure.waiting());
    if (failure.isPull()) {
      next.after(
          PULL_FAILURE_SHOWN, () -> backOffPull(failure, delay.minus(PULL_FAILURE_SHOWN), attempt));
    } else {
      next.after(delay, attempt);
    }
  }

  /** As the kubelet, which shows why a pull failed for a while, and then that it waits. */
  private void backOffPull(StartFailure failure, Duration delay, Runnable attempt) {
    waits.accept(failure.backOff(spec.image(), reporter).waiting());
    next.after(delay, attempt);
  }

  /** The container runs. */
  void succeeded() {
    next.succeeded();
  }

  /**
   * Starts the container again after a run.
   *
   * @return how long that waits
   */
  Duration again(Duration ran) {
    Duration delay = next.afterRun(ran);
    next.after(delay, this::prepare);
    return delay;
  }

  /** Starts the container again with what has just become its module: no failure counts. */
  void anew() {
    next.forgive();
    prepare();
  }

  /** Nothing is started any more. */
  void cancel() {
    cancelled = true;
    next.cancel();
  }
}
