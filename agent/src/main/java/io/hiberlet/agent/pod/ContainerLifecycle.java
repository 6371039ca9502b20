package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
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
 * One container of a pod: fetches its module, starts a {@link Controller}, and starts the next one
 * when that ended and the restart policy says so. Used by the pod's owner only; news of controllers
 * is brought there.
 */
final class ContainerLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ContainerLifecycle.class);

  /** Less than the shortest back-off. */
  private static final Duration PULL_FAILURE_SHOWN = Duration.ofSeconds(5);

  private final PodSpec pod;
  private ControllerSpec spec;
  private final ControllerId id;
  private final SerialExecutor owner;
  private final PodServices services;
  private final PodReporter reporter;
  private final BooleanSupplier save;
  private final Runnable changed;
  private final NextStart nextStart;

  private ContainerReport.State state = new Waiting("ContainerCreating", null);
  private PodRecord.@Nullable Container record;
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
    this.record = record;
    this.owner = owner;
    this.services = services;
    this.reporter = reporter;
    this.save = save;
    this.changed = changed;
    this.nextStart = new NextStart(services, owner, this::fetch);
  }

  /** Its next life begins as the pod says now. */
  void update(ControllerSpec changed) {
    spec = changed;
  }

  /** Adopts what an earlier process left, or begins. */
  void start() {
    PodRecord.Container known = record;
    if (known != null && known.ended() != null) {
      state = known.ended();
      restartOrRest(known.ended());
      return;
    }
    if (known == null) {
      fetch();
    } else {
      adopt(known);
    }
  }

  private void adopt(PodRecord.Container known) {
    try {
      Optional<OperationsState> pending = services.controllers().snapshots().operations(id);
      if (pending.isPresent()) {
        state = new Running(known.startedAt());
        newController(known).adopt(pending.get());
        return;
      }
    } catch (CorruptSnapshotException e) {
      quarantine(e);
    } catch (StoreException e) {
      retryLater(new StartFailure("StoreUnavailable", message(e)), () -> adopt(known));
      return;
    }
    fetch();
  }

  private void quarantine(CorruptSnapshotException why) {
    reporter.event(
        EventType.WARNING,
        "SnapshotCorrupt",
        "its snapshot is quarantined, it starts from scratch: " + why.getMessage());
    services.controllers().metrics().quarantined();
    try {
      services.controllers().snapshots().quarantine(id, message(why));
    } catch (StoreException e) { // the next life begins with removing what is left of this one
      log.atWarn().addKeyValue("controller", id).setCause(e).log("A snapshot was not quarantined");
    }
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  /** What a life begins with. */
  private record Start(String digest, ResolvedSettings settings) {}

  private void fetch() {
    nextStart.begins();
    services
        .fetchModule(pod.key(), spec, new PullEvents(reporter))
        .thenCompose(
            digest ->
                services
                    .configure(pod.key(), spec)
                    .thenApply(settings -> new Start(digest, settings)))
        .whenCompleteAsync(
            (start, failure) -> {
              if (stopped) {
                return;
              }
              if (failure != null) {
                retryLater(StartFailure.of(failure), this::fetch);
              } else if (forgetLastLife()) {
                begin(start);
              }
            },
            owner);
  }

  private void retryLater(StartFailure failure, Runnable attempt) {
    Duration delay = nextStart.failed(failure.waitsFor());
    failure.tell(reporter);
    state = new Waiting(failure.reason(), failure.message());
    changed.run();
    if (failure.isPull()) {
      nextStart.after(
          PULL_FAILURE_SHOWN, () -> backOffPull(failure, delay.minus(PULL_FAILURE_SHOWN), attempt));
    } else {
      nextStart.after(delay, attempt);
    }
  }

  /** As the kubelet, which shows why a pull failed for a while, and then that it waits. */
  private void backOffPull(StartFailure failure, Duration delay, Runnable attempt) {
    StartFailure waiting = failure.backOff(spec.image(), reporter);
    state = new Waiting(waiting.reason(), waiting.message());
    changed.run();
    nextStart.after(delay, attempt);
  }

  /** A new life must not find the old one's state after a crash. */
  private boolean forgetLastLife() {
    try {
      services.controllers().snapshots().delete(id);
      return true;
    } catch (StoreException e) {
      retryLater(new StartFailure("StoreUnavailable", message(e)), this::fetch);
      return false;
    }
  }

  private void begin(Start start) {
    String digest = start.digest();
    PodRecord.Container known = record;
    Instant now = services.controllers().clock().instant();
    int restarts = known == null ? 0 : known.restarts() + 1;
    Terminated previous = known == null ? null : known.ended();
    PodRecord.Container started = new PodRecord.Container(digest, now, restarts, null, previous);
    record = started;
    // Before it can hibernate: a snapshot of a life that no record knows of would be lost with it.
    if (!save.getAsBoolean()) {
      record = known;
      retryLater(
          new StartFailure("StoreUnavailable", "the start cannot be written down"), this::fetch);
      return;
    }
    nextStart.succeeded();
    state = new Running(now);
    changed.run();
    start
        .settings()
        .skipped()
        .forEach(
            skipped ->
                reporter.event(EventType.WARNING, "InvalidEnvironmentVariableNames", skipped));
    reporter.event(
        EventType.NORMAL,
        "Started",
        "Started controller %s (%s)".formatted(spec.container(), digest));
    newController(started).start(start.settings().settings());
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
    PodRecord.Container run = Optional.ofNullable(record).orElseThrow();
    services.controllers().metrics().controllerEnded(ending.reason());
    hibernated = false;
    controller = null;
    Terminated terminated =
        new Terminated(
            ending.exitCode(),
            ending.reason(),
            ending.message().isEmpty() ? null : ending.message(),
            run.startedAt(),
            services.controllers().clock().instant());
    record =
        new PodRecord.Container(
            run.moduleDigest(), run.startedAt(), run.restarts(), terminated, run.previous());
    state = terminated;
    if (ending.exitCode() != 0 && !stopped) {
      reporter.event(
          EventType.WARNING,
          ending.reason(),
          "%s: %s".formatted(spec.container(), ending.message()));
    }
    restartOrRest(terminated);
  }

  private void restartOrRest(Terminated terminated) {
    if (!stopped && pod.restartPolicy().restartsAfter(terminated.exitCode())) {
      Instant began = Optional.ofNullable(terminated.startedAt()).orElse(terminated.finishedAt());
      Duration delay = nextStart.afterRun(Duration.between(began, terminated.finishedAt()));
      if (!delay.isZero()) {
        String message =
            "back-off %d s restarting %s".formatted(delay.toSeconds(), spec.container());
        state = new Waiting("CrashLoopBackOff", message);
        reporter.event(EventType.WARNING, "BackOff", message);
      }
      nextStart.after(delay, this::fetch);
    }
    changed.run();
  }

  /** Ends it for good; completes when nothing of it runs. */
  CompletionStage<Void> stop(Duration grace) {
    stopped = true;
    nextStart.cancel();
    return controller == null ? CompletableFuture.completedFuture(null) : controller.stop(grace);
  }

  /** Writes it down for the next process; completes when that is done. */
  CompletionStage<Void> suspend() {
    stopped = true;
    nextStart.cancel();
    return controller == null ? CompletableFuture.completedFuture(null) : controller.suspend();
  }

  /** What the pod's status says of it. */
  ContainerReport report() {
    PodRecord.Container run = record;
    boolean running = state instanceof Running;
    Terminated last =
        run == null
            ? null
            : state instanceof Waiting && run.ended() != null ? run.ended() : run.previous();
    return new ContainerReport(
        spec.container(),
        state,
        running,
        run == null ? 0 : run.restarts(),
        run == null ? null : run.moduleDigest(),
        last);
  }

  String name() {
    return spec.container();
  }

  /** What to keep of it, null before its first start. */
  PodRecord.@Nullable Container record() {
    return record;
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
