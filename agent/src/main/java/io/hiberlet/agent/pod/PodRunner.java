package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.pod.ControllerInstance.Footprint;
import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs one admitted pod: its containers in their order, and the report that sums them up.
 * Everything happens on its owner; methods may be called by any thread.
 */
final class PodRunner implements PodShutdown.Member {
  /** The condition that tells whether all controllers of a pod are out of memory. */
  static final String HIBERNATED = "hiberlet.io/Hibernated";

  /** What a pod gets that must go at once; the kubelet's number. */
  private static final Duration EVICTION_GRACE = Duration.ofSeconds(1);

  /** A guest that is busy for longer counts as all that it may hold. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);

  private final Instant since;
  private final PodReporter reporter;
  private final ControllerServices services;
  private final SerialExecutor owner;
  private final RecordKeeper keeper;
  private final ActiveDeadline deadline;
  private final List<ContainerLifecycle> containers = new ArrayList<>();
  private volatile PodSpec pod;
  private int allowed;
  private boolean settling;
  private volatile boolean ending;

  /** Null until the pod comes to its end. */
  private @Nullable PodStop stop;

  private @Nullable PodFailure failure;

  /**
   * @param saved what is stored of the pod, the time since when it is here among it
   */
  PodRunner(
      PodSpec pod,
      PodRecord saved,
      PodReporter reporter,
      PodRecords records,
      PodServices services) {
    this.pod = pod;
    this.since = Objects.requireNonNull(saved.since());
    this.reporter = reporter;
    this.services = services.controllers();
    this.owner = new SerialExecutor(this.services.guestThreads());
    this.keeper = new RecordKeeper(saved, records, this::record, this.services.timer(), owner);
    this.deadline =
        new ActiveDeadline(
            since,
            () -> fail(PodFailure.DEADLINE_EXCEEDED, this.pod.terminationGrace()),
            this.services.clock(),
            this.services.timer(),
            owner);
    this.failure = saved.failure();
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
          if (failure != null) {
            end(Duration.ZERO); // an earlier process saw it fail
          } else {
            changed();
            deadline.set(pod.activeDeadline());
          }
        });
  }

  /** The pod was changed, in what may change. */
  void update(PodSpec changed) {
    owner.execute(
        () -> {
          pod = changed;
          for (ControllerSpec spec : changed.controllers()) {
            containers.stream()
                .filter(container -> container.name().equals(spec.container()))
                .forEach(container -> container.update(changed, spec));
          }
          if (stop == null) {
            deadline.set(changed.activeDeadline());
          }
        });
  }

  /** Ends every container; completes when nothing of the pod runs. */
  CompletionStage<Void> stop(Duration grace) {
    return CompletableFuture.supplyAsync(() -> end(grace), owner)
        .thenCompose(PodStop::over)
        .thenRunAsync(keeper::close, owner);
  }

  /** Has the pod fail because the node needs what it holds; completes when nothing of it runs. */
  CompletionStage<Void> evict(String message) {
    return CompletableFuture.supplyAsync(
            () -> fail(PodFailure.evicted(message), EVICTION_GRACE), owner)
        .thenCompose(PodStop::over);
  }

  /** Whether it comes to its end, or has. */
  boolean isEnding() {
    return ending;
  }

  private PodStop fail(PodFailure why, Duration grace) {
    if (stop != null) {
      return stop;
    }
    failure = why;
    why.tell(reporter);
    return end(grace);
  }

  private PodStop end(Duration grace) {
    ending = true;
    deadline.cancel();
    PodStop asked =
        stop == null ? new PodStop(containers, services.clock(), services.timer(), owner) : stop;
    stop = asked;
    asked.within(grace);
    changed();
    return asked;
  }

  /** Puts to sleep who can; the bytes of memory that the others hold. */
  CompletionStage<Long> yieldMemory() {
    return CompletableFuture.supplyAsync(this::hibernateIdle, owner)
        .thenCompose(Function.identity());
  }

  private CompletionStage<Long> hibernateIdle() {
    CompletionStage<Long> sum = CompletableFuture.completedFuture(0L);
    List<ControllerSpec> specs = pod.controllers();
    for (int i = 0; i < containers.size(); i++) {
      Controller controller = containers.get(i).controller();
      if (controller != null && !containers.get(i).hibernated()) {
        CompletionStage<Long> held =
            controller
                .hibernate()
                .thenApply(ControllerStatus::memoryBytes)
                .toCompletableFuture()
                .completeOnTimeout(
                    specs.get(i).memoryLimitBytes(), ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS);
        sum = sum.thenCombine(held, Long::sum);
      }
    }
    return sum;
  }

  /** What its containers take, of those that run. Asked by any thread; waits for nobody. */
  List<ContainerUsage> usages() {
    List<ContainerUsage> usages = new ArrayList<>();
    List<ControllerSpec> specs = pod.controllers();
    for (int i = 0; i < containers.size(); i++) {
      Controller controller = containers.get(i).controller();
      PodRecord.Container run = containers.get(i).record();
      if (controller != null && run != null) {
        usages.add(usage(specs.get(i), run, controller));
      }
    }
    return usages;
  }

  private static ContainerUsage usage(
      ControllerSpec spec, PodRecord.Container run, Controller controller) {
    Footprint resident = controller.footprint();
    Footprint memory = resident == null ? Footprint.OF_SLEEPER : resident;
    return new ContainerUsage(
        spec.container(),
        spec.image(),
        run.startedAt(),
        controller.cpuTime(),
        memory.heldBytes(),
        Math.max(memory.heldBytes(), memory.memoryBytes()),
        spec.memoryLimitBytes(),
        0);
  }

  /** Since when it is on this node. */
  Instant since() {
    return since;
  }

  @Override
  public int priority() {
    return pod.priority();
  }

  /** Writes every controller down for the next process. */
  @Override
  public CompletionStage<Void> suspend() {
    return CompletableFuture.runAsync(deadline::cancel, owner)
        .thenCompose(onOwner -> suspendContainers())
        .thenRunAsync(keeper::close, owner); // after the news of the ends has been dealt with
  }

  private CompletableFuture<Void> suspendContainers() {
    return CompletableFuture.allOf(
        containers.stream()
            .map(container -> container.suspend().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
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

  /** Whether a container may be started, be it for the first time or anew. */
  CompletionStage<Boolean> mayBeginAgain(String container) {
    return CompletableFuture.supplyAsync(
        () ->
            stop == null
                && containers.stream()
                    .anyMatch(each -> each.name().equals(container) && !each.view().isOver()),
        owner);
  }

  /** What it runs. */
  PodSpec pod() {
    return pod;
  }

  /** Something of a container changed: sees what may happen now, and tells how the pod stands. */
  private void changed() {
    if (settling) {
      return; // whoever settles it sees that, too
    }
    settling = true;
    settle();
    settling = false;
    keeper.save();
    reporter.report(report());
  }

  private void settle() {
    int may = PodPlan.allowed(views());
    while (stop == null && may > allowed) {
      containers.subList(allowed, may).forEach(ContainerLifecycle::start);
      allowed = may;
      may = PodPlan.allowed(views());
    }
    if (stop != null) {
      stop.advance();
    } else if (PodPlan.isOver(views())) {
      end(pod.terminationGrace());
    }
  }

  private PodRecord record(PodRecord saved) {
    PodRecord now = saved.failed(failure);
    for (ContainerLifecycle container : containers) {
      PodRecord.Container record = container.record();
      if (record != null) {
        now = now.with(container.name(), record);
      }
    }
    return now;
  }

  private PodReport report() {
    List<ContainerView> views = views();
    Phase phase = PodPhase.of(views, stop != null, failure != null);
    PodFailure said = phase.isFinal() ? failure : null;
    List<Condition> conditions = new ArrayList<>(List.of(hibernated()));
    if (said != null) {
      conditions.addAll(said.conditions());
    }
    return new PodReport(
        phase,
        said == null ? null : said.reason(),
        said == null ? null : said.message(),
        views.stream().map(ContainerView::report).toList(),
        conditions);
  }

  private List<ContainerView> views() {
    return containers.stream().map(ContainerLifecycle::view).toList();
  }

  private Condition hibernated() {
    List<ContainerLifecycle> running =
        containers.stream().filter(each -> each.controller() != null).toList();
    boolean all = !running.isEmpty() && running.stream().allMatch(ContainerLifecycle::hibernated);
    String reason = all ? "Idle" : running.isEmpty() ? "NotRunning" : "Resident";
    return new Condition(HIBERNATED, all, reason, null);
  }
}
