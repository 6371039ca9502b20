package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Runs one admitted pod: its containers, and the report that sums them up. Everything happens on
 * its owner; methods may be called by any thread.
 */
final class PodRunner {
  /** The condition that tells whether all controllers of a pod are out of memory. */
  static final String HIBERNATED = "hiberlet.io/Hibernated";

  private final PodSpec pod;
  private final PodReporter reporter;
  private final SerialExecutor owner;
  private final RecordKeeper keeper;
  private final List<ContainerLifecycle> containers = new ArrayList<>();

  PodRunner(
      PodSpec pod,
      PodRecord saved,
      PodReporter reporter,
      PodRecords records,
      PodServices services) {
    this.pod = pod;
    this.reporter = reporter;
    this.owner = new SerialExecutor(services.controllers().guestThreads());
    this.keeper =
        new RecordKeeper(saved, records, this::record, services.controllers().timer(), owner);
    for (ControllerSpec spec : pod.controllers()) {
      containers.add(
          new ContainerLifecycle(
              pod,
              spec,
              saved.containers().get(spec.container()),
              owner,
              services,
              reporter,
              keeper::save,
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
        .thenRunAsync(keeper::close, owner); // after the news of the ends has been dealt with
  }

  private CompletableFuture<Void> ends(Function<ContainerLifecycle, CompletionStage<Void>> action) {
    return CompletableFuture.allOf(
        containers.stream()
            .map(action)
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new));
  }

  private void changed() {
    keeper.save();
    reporter.report(report());
  }

  private PodRecord record(PodRecord saved) {
    PodRecord now = saved;
    for (ContainerLifecycle container : containers) {
      PodRecord.Container record = container.record();
      if (record != null) {
        now = now.with(container.name(), record);
      }
    }
    return now;
  }

  private PodReport report() {
    List<ContainerReport> reports = containers.stream().map(ContainerLifecycle::report).toList();
    return new PodReport(
        PodPhase.of(reports, pod.restartPolicy()), null, null, reports, List.of(hibernated()));
  }

  private Condition hibernated() {
    boolean all = containers.stream().allMatch(ContainerLifecycle::hibernated);
    boolean running = containers.stream().anyMatch(each -> each.controller() != null);
    return new Condition(HIBERNATED, all, all ? "Idle" : running ? "Resident" : "NotRunning", null);
  }
}
