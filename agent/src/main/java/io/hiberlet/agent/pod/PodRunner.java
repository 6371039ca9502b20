package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.OwnerAlarm;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter;
import io.hiberlet.snapshot.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one admitted pod: its containers, and the report that sums them up. Everything happens on
 * its owner; methods may be called by any thread.
 */
final class PodRunner {
  private static final Logger log = LoggerFactory.getLogger(PodRunner.class);

  private static final Duration RETRY_SAVE = Duration.ofSeconds(10);

  /** The condition that tells whether all controllers of a pod are out of memory. */
  static final String HIBERNATED = "hiberlet.io/Hibernated";

  private final PodSpec pod;
  private final PodReporter reporter;
  private final PodRecords records;
  private final SerialExecutor owner;
  private final ScheduledExecutorService timer;
  private final List<ContainerLifecycle> containers = new ArrayList<>();
  private PodRecord saved;
  private @Nullable OwnerAlarm retry;

  PodRunner(
      PodSpec pod,
      PodRecord saved,
      PodReporter reporter,
      PodRecords records,
      PodServices services) {
    this.pod = pod;
    this.saved = saved;
    this.reporter = reporter;
    this.records = records;
    this.owner = new SerialExecutor(services.controllers().guestThreads());
    this.timer = services.controllers().timer();
    for (ControllerSpec spec : pod.controllers()) {
      containers.add(
          new ContainerLifecycle(
              pod,
              spec,
              saved.containers().get(spec.container()),
              owner,
              services,
              reporter,
              this::save,
              this::changed));
    }
  }

  void start() {
    owner.execute(
        () -> {
          containers.forEach(ContainerLifecycle::start);
          changed();
        });
  }

  /** The pod was changed, in what may change: the next life of a container begins with that. */
  void update(PodSpec changed) {
    owner.execute(
        () -> {
          for (ControllerSpec spec : changed.controllers()) {
            containers.stream()
                .filter(container -> container.name().equals(spec.container()))
                .forEach(container -> container.update(spec));
          }
        });
  }

  /** Ends every container; completes when nothing of the pod runs. */
  CompletionStage<Void> stop(Duration grace) {
    return forAll(container -> container.stop(grace));
  }

  /** Writes every controller down for the next process. */
  CompletionStage<Void> suspend() {
    return forAll(ContainerLifecycle::suspend);
  }

  /** The controller of a container; empty when there is none of that name or it does not run. */
  CompletionStage<Optional<Controller>> controller(String container) {
    CompletableFuture<Optional<Controller>> answer = new CompletableFuture<>();
    owner.execute(
        () ->
            answer.complete(
                containers.stream()
                    .filter(each -> each.name().equals(container))
                    .findFirst()
                    .map(ContainerLifecycle::controller)));
    return answer;
  }

  /** What it runs. */
  PodSpec pod() {
    return pod;
  }

  private CompletionStage<Void> forAll(Function<ContainerLifecycle, CompletionStage<Void>> action) {
    return CompletableFuture.runAsync(() -> {}, owner)
        .thenCompose(onOwner -> ends(action))
        .thenRunAsync(this::cancelRetry, owner); // after the news of the ends has been dealt with
  }

  private CompletableFuture<Void> ends(Function<ContainerLifecycle, CompletionStage<Void>> action) {
    return CompletableFuture.allOf(
        containers.stream()
            .map(action)
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new));
  }

  private void changed() {
    save();
    reporter.report(report());
  }

  /**
   * Writes down what has changed; says whether nothing is left to write, else tries again later.
   */
  private boolean save() {
    cancelRetry();
    PodRecord now = saved;
    for (ContainerLifecycle container : containers) {
      PodRecord.Container record = container.record();
      if (record != null) {
        now = now.with(container.name(), record);
      }
    }
    if (now.equals(saved)) {
      return true;
    }
    try {
      records.save(now);
      saved = now;
      return true;
    } catch (StoreException e) {
      log.atWarn().addKeyValue("pod", pod.key()).setCause(e).log("A pod's record was not kept");
      retry = OwnerAlarm.set(timer, owner, RETRY_SAVE, this::save);
      return false;
    }
  }

  private void cancelRetry() {
    retry = OwnerAlarm.cancel(retry);
  }

  private PodReport report() {
    List<ContainerReport> reports = containers.stream().map(ContainerLifecycle::report).toList();
    return new PodReport(phase(reports), null, null, reports, List.of(hibernated()));
  }

  private Phase phase(List<ContainerReport> reports) {
    boolean allOver =
        reports.stream().allMatch(each -> each.state() instanceof Terminated end && isFinal(end));
    if (allOver) {
      boolean allWell =
          reports.stream()
              .allMatch(each -> each.state() instanceof Terminated end && end.exitCode() == 0);
      return allWell ? Phase.SUCCEEDED : Phase.FAILED;
    }
    boolean begun =
        reports.stream()
            .allMatch(
                each ->
                    each.state() instanceof Running
                        || each.state() instanceof Terminated
                        || each.lastTermination() != null);
    return begun ? Phase.RUNNING : Phase.PENDING;
  }

  private boolean isFinal(Terminated end) {
    return !pod.restartPolicy().restartsAfter(end.exitCode());
  }

  private Condition hibernated() {
    boolean all = containers.stream().allMatch(ContainerLifecycle::hibernated);
    boolean running = containers.stream().anyMatch(each -> each.controller() != null);
    return new Condition(HIBERNATED, all, all ? "Idle" : running ? "Resident" : "NotRunning", null);
  }
}
