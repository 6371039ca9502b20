package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.probe.ProbeResult.Verdict;
import io.hiberlet.agent.probe.ProbeType;
import io.hiberlet.agent.probe.Prober;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodReporter;
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

  /** Of one whose exit code and policy would say that it is over, and with it perhaps the pod. */
  private static final Waiting STARTS_AGAIN = new Waiting("ContainerCreating", null);

  private PodSpec pod;
  private ControllerSpec spec;
  private final ControllerId id;
  private final SerialExecutor owner;
  private final PodServices services;
  private final ContainerEvents events;
  private final BooleanSupplier save;
  private final Runnable changed;
  private final ContainerState state;
  private final ContainerStart start;

  private boolean hibernated;
  private boolean stopped;
  private boolean killing;

  /** Whether the life that runs ends because the container has another module now. */
  private boolean redefined;

  /** Whether it ends because of a probe. */
  private boolean unhealthy;

  private volatile @Nullable Controller controller;

  /** Of the controller that runs; null when it has no probes. */
  private @Nullable Prober prober;

  /**
   * @param record what is known of it from before, null for a new one
   * @param save writes {@link #record} down; says whether it is on the disk
   * @param changed to call when {@link #view} or {@link #record} has something new to say
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
    this.events = new ContainerEvents(reporter, pod.key(), spec.container());
    this.save = save;
    this.changed = changed;
    boolean alone = pod.controllers().stream().allMatch(each -> each.role() == ContainerRole.MAIN);
    this.state =
        new ContainerState(
            spec.container(), record, alone ? "ContainerCreating" : "PodInitializing");
    this.start =
        new ContainerStart(pod.key(), spec, owner, services, reporter, this::begin, this::waits);
  }

  /**
   * The pod was changed. With another module the container is started again at once, whatever its
   * restart policy; with all else its next life begins.
   */
  void update(PodSpec changedPod, ControllerSpec changed) {
    pod = changedPod;
    spec = changed;
    if (controller != null) {
      controller.idleAfter(changed.idleAfter());
    }
    if (!stopped) {
      start.update(changed);
      redefine();
    }
  }

  /** Ends the life of a module that is not the container's any more. */
  private void redefine() {
    PodRecord.Container run = state.record();
    if (controller == null
        || spec.role() == ContainerRole.INIT
        || run == null
        || run.module() == null
        || run.module().equals(spec.module())
        || redefined) {
      return;
    }
    redefined = true;
    events.definitionChanged();
    controller.stop(pod.terminationGrace());
  }

  /** Adopts what an earlier process left, or begins. To be called when its turn has come. */
  void start() {
    PodRecord.Container known = state.record();
    if (stopped) {
      return;
    }
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
        if (prober != null) {
          prober.adopt();
        }
        redefine();
        return;
      }
      lost(Ending.unknown());
    } catch (CorruptSnapshotException e) {
      quarantine(e);
      lost(Ending.lost("SnapshotCorrupt", String.valueOf(e.getMessage())));
    } catch (StoreException e) {
      start.failed(StartFailure.storeUnavailable(e), () -> adopt(known));
    }
  }

  /** A life that cannot go on, as an earlier process left nothing of it. */
  private void lost(Ending ending) {
    restartOrRest(state.ends(ending, services.controllers().clock().instant()));
  }

  private void quarantine(CorruptSnapshotException why) {
    String message = String.valueOf(why.getMessage());
    events.trouble(
        "SnapshotCorrupt", "its snapshot is quarantined, it starts from scratch: " + message);
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
      life =
          state.newLife(
              prepared.module(), prepared.moduleDigest(), services.controllers().clock().instant());
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
    Controller created = newController(life);
    state.runs();
    changed.run();
    events.started(prepared);
    created.start(prepared.settings().settings());
    if (prober != null) {
      prober.begin();
    }
  }

  private Controller newController(PodRecord.Container run) {
    ControllerParts parts = services.parts(pod, spec, run.moduleDigest(), run.restarts());
    Controller created =
        new Controller(
            id, run.moduleDigest(), spec, parts, services.controllers(), new ControllerNews());
    services.controllers().metrics().controllerBegan();
    controller = created;
    prober =
        spec.probes().equals(ProbeSpecs.NONE)
            ? null
            : new Prober(
                spec.probes(),
                services.controllers().timer(),
                owner,
                new ControllerProbe(created),
                new ProbeNews());
    return created;
  }

  private void ended(Ending ending) {
    services.controllers().metrics().controllerEnded(ending.reason());
    hibernated = false;
    controller = null;
    endProbes();
    prober = null;
    Terminated end = state.ends(ending, services.controllers().clock().instant());
    if (ending.exitCode() != 0 && !stopped && !redefined) {
      events.ended(ending);
    }
    if (redefined && !stopped) {
      redefined = false;
      state.waits(STARTS_AGAIN);
      changed.run();
      start.anew();
    } else {
      restartOrRest(end);
    }
  }

  private void restartOrRest(Terminated end) {
    // As the kubelet: whatever the exit code, what a probe ended is a failure.
    int counted = unhealthy ? 1 : end.exitCode();
    unhealthy = false;
    if (!stopped && spec.restartPolicy().restartsAfter(counted)) {
      Instant began = Optional.ofNullable(end.startedAt()).orElse(end.finishedAt());
      Duration delay = start.again(Duration.between(began, end.finishedAt()));
      if (!delay.isZero()) {
        state.waits(new Waiting("CrashLoopBackOff", events.backsOff(delay)));
      } else if (counted != end.exitCode()) {
        state.waits(STARTS_AGAIN);
      }
    }
    changed.run();
  }

  /** Ends what runs, for good. It may be called again with less grace. */
  void stop(Duration grace) {
    retire();
    if (controller != null) {
      if (!killing) {
        killing = true;
        events.stopping();
      }
      controller.stop(grace);
    }
  }

  /** Writes it down for the next process; completes when that is done. */
  CompletionStage<Void> suspend() {
    retire();
    return controller == null ? CompletableFuture.completedFuture(null) : controller.suspend();
  }

  /** It is not started any more; what runs goes on. */
  void retire() {
    stopped = true;
    start.cancel();
    state.retires();
    endProbes();
  }

  private void endProbes() {
    if (prober != null) {
      prober.end();
    }
  }

  /** What decisions about the pod look at, and what its status says of it. */
  ContainerView view() {
    return new ContainerView(spec.role(), spec.restartPolicy(), state.report(started(), ready()));
  }

  /** Whether it runs so far that what comes after it may start. */
  boolean started() {
    return state.isRunning() && (prober == null || prober.isStarted());
  }

  private boolean ready() {
    return spec.role() == ContainerRole.INIT
        ? state.hasSucceeded()
        : state.isRunning() && (prober == null || prober.isReady());
  }

  String name() {
    return spec.container();
  }

  /** What to keep of it, null before its first start. May be asked by any thread. */
  PodRecord.@Nullable Container record() {
    return state.record();
  }

  /** Whether it runs with nothing in memory. */
  boolean hibernated() {
    return hibernated;
  }

  /** The controller that runs now, null while none does. May be asked by any thread. */
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
      if (prober != null && nowHibernated) {
        prober.asleep();
      } else if (prober != null && !stopped) {
        prober.awake();
      }
      changed.run();
    }

    @Override
    public void ended(Ending ending) {
      owner.execute(() -> ContainerLifecycle.this.ended(ending));
    }

    @Override
    public void trouble(String reason, String message) {
      events.trouble(reason, message);
    }
  }

  /** What the probes find; they are made on the pod's owner. */
  private final class ProbeNews implements Prober.Listener {
    @Override
    public void heard(ProbeType type, Verdict verdict) {
      services.controllers().metrics().probes().made(pod.key(), spec.container(), type, verdict);
    }

    @Override
    public void changed() {
      changed.run();
    }

    @Override
    public void failed(String message) {
      events.trouble("Unhealthy", message);
    }

    @Override
    public void fatal(ProbeType type, ProbeSpec probe) {
      if (controller != null) {
        unhealthy = true;
        events.unhealthy(type, spec.restartPolicy().restartsAfter(1));
        controller.stop(probe.grace() == null ? pod.terminationGrace() : probe.grace());
      }
    }
  }
}
