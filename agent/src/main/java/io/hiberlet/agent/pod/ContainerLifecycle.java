package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.snapshot.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container of a pod: starts a {@link Controller} when all that it needs is ready, and the next
 * one when that ended and the restart policy says so. Used by the pod's owner only; news of
 * controllers is brought there.
 */
final class ContainerLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ContainerLifecycle.class);

  private final PodSpec pod;
  private ControllerSpec spec;
  private final ControllerId id;
  private final SerialExecutor owner;
  private final PodServices services;
  private final PodReporter reporter;
  private final BooleanSupplier save;
  private final Runnable changed;
  private final ContainerState state;
  private final ContainerStart start;

  private boolean hibernated;
  private boolean stopped;
  private @Nullable Controller controller;

  /**
   * @param record what is known of it from before, null for a new one
   * @param save writes {@link #record} down; says whether it is on the disk
   * @param changed to call when {@link #report} or {@link #record} has something new to say
   */
  ContainerLifecycle(
      PodSpec pod,
      ControllerSpec spec,
      PodRecord.@Nullable Container record,
      SerialExecutor owner,
      PodServices services,
      PodReporter reporter,
      BooleanSupplier save,
      Runnable changed) {
    this.pod = pod;
    this.spec = spec;
    this.id = new ControllerId(pod.key().uid(), spec.container());
    this.owner = owner;
    this.services = services;
    this.reporter = reporter;
    this.save = save;
    this.changed = changed;
    this.state = new ContainerState(spec.container(), record);
    this.start =
        new ContainerStart(pod.key(), spec, owner, services, reporter, this::begin, this::waits);
  }

  /** Its next life begins as the pod says now. */
  void update(ControllerSpec changed) {
    spec = changed;
    start.update(changed);
  }

  /** Adopts what an earlier process left, or begins. */
  void start() {
    PodRecord.Container known = state.record();
    if (known != null && known.ended() != null) {
      state.restsSince(known.ended());
      restartOrRest(known.ended());
    } else if (known == null) {
      start.prepare();
    } else {
      adopt(known);
    }
  }

  private void adopt(PodRecord.Container known) {
    try {
      Optional<OperationsState> pending = services.controllers().snapshots().operations(id);
      if (pending.isPresent()) {
        state.goesOn(known);
        newController(known).adopt(pending.get());
        return;
      }
    } catch (CorruptSnapshotException e) {
      quarantine(e);
    } catch (StoreException e) {
      start.failed(StartFailure.storeUnavailable(e), () -> adopt(known));
      return;
    }
    start.prepare();
  }

  private void quarantine(CorruptSnapshotException why) {
    String message = String.valueOf(why.getMessage());
    reporter.event(
        EventType.WARNING,
        "SnapshotCorrupt",
        "its snapshot is quarantined, it starts from scratch: " + message);
    services.controllers().metrics().quarantined();
    try {
      services.controllers().snapshots().quarantine(id, message);
    } catch (StoreException e) { // the next life begins with removing what is left of this one
      log.atWarn().addKeyValue("controller", id).setCause(e).log("A snapshot was not quarantined");
    }
  }

  private void waits(Waiting waiting) {
    state.waits(waiting);
    changed.run();
  }

  private void begin(ContainerStart.Prepared prepared) {
    PodRecord.Container before = state.record();
    PodRecord.Container life;
    try {
      // A new life must not find the old one's state after a crash.
      services.controllers().snapshots().delete(id);
      life = state.newLife(prepared.moduleDigest(), services.controllers().clock().instant());
    } catch (StoreException e) {
      start.failed(StartFailure.storeUnavailable(e));
      return;
    }
    // Before it can hibernate: a snapshot of a life that no record knows of would be lost with it.
    if (!save.getAsBoolean()) {
      state.noNewLife(before);
      start.failed(StartFailure.notWrittenDown());
      return;
    }
    start.succeeded();
    state.runs();
    changed.run();
    tellStarted(prepared);
    newController(life).start(prepared.settings().settings());
  }

  private void tellStarted(ContainerStart.Prepared prepared) {
    prepared
        .settings()
        .skipped()
        .forEach(
            skipped ->
                reporter.event(EventType.WARNING, "InvalidEnvironmentVariableNames", skipped));
    reporter.event(
        EventType.NORMAL,
        "Started",
        "Started controller %s (%s)".formatted(spec.container(), prepared.moduleDigest()));
  }

  private Controller newController(PodRecord.Container run) {
    ControllerParts parts = services.parts(pod, spec, run.moduleDigest(), run.restarts());
    Controller created =
        new Controller(
            id, run.moduleDigest(), spec, parts, services.controllers(), new ControllerNews());
    services.controllers().metrics().controllerBegan();
    controller = created;
    return created;
  }

  private void ended(Ending ending) {
    services.controllers().metrics().controllerEnded(ending.reason());
    hibernated = false;
    controller = null;
    Terminated end = state.ends(ending, services.controllers().clock().instant());
    if (ending.exitCode() != 0 && !stopped) {
      reporter.event(
          EventType.WARNING,
          ending.reason(),
          "%s: %s".formatted(spec.container(), ending.message()));
    }
    restartOrRest(end);
  }

  private void restartOrRest(Terminated end) {
    if (!stopped && pod.restartPolicy().restartsAfter(end.exitCode())) {
      Instant began = Optional.ofNullable(end.startedAt()).orElse(end.finishedAt());
      Duration delay = start.again(Duration.between(began, end.finishedAt()));
      if (!delay.isZero()) {
        String message =
            "back-off %d s restarting %s".formatted(delay.toSeconds(), spec.container());
        state.waits(new Waiting("CrashLoopBackOff", message));
        reporter.event(EventType.WARNING, "BackOff", message);
      }
    }
    changed.run();
  }

  /** Ends it for good; completes when nothing of it runs. */
  CompletionStage<Void> stop(Duration grace) {
    retire();
    return controller == null ? CompletableFuture.completedFuture(null) : controller.stop(grace);
  }

  /** Writes it down for the next process; completes when that is done. */
  CompletionStage<Void> suspend() {
    retire();
    return controller == null ? CompletableFuture.completedFuture(null) : controller.suspend();
  }

  private void retire() {
    stopped = true;
    start.cancel();
  }

  /** What the pod's status says of it. */
  ContainerReport report() {
    return state.report(started(), ready());
  }

  /** Whether it runs so far that what comes after it may start. */
  boolean started() {
    return state.isRunning();
  }

  private boolean ready() {
    return started();
  }

  String name() {
    return spec.container();
  }

  /** What to keep of it, null before its first start. */
  PodRecord.@Nullable Container record() {
    return state.record();
  }

  /** Whether it runs with nothing in memory. */
  boolean hibernated() {
    return hibernated;
  }

  /** The controller that runs now, null while none does. */
  @Nullable Controller controller() {
    return controller;
  }

  /** Brings the news of a controller to the pod's owner. */
  private final class ControllerNews implements ControllerObserver {
    @Override
    public void resident() {
      owner.execute(() -> becomes(false));
    }

    @Override
    public void hibernated() {
      owner.execute(() -> becomes(true));
    }

    private void becomes(boolean nowHibernated) {
      hibernated = nowHibernated;
      changed.run();
    }

    @Override
    public void ended(Ending ending) {
      owner.execute(() -> ContainerLifecycle.this.ended(ending));
    }

    @Override
    public void trouble(String reason, String message) {
      reporter.event(EventType.WARNING, reason, message);
    }
  }
}
