package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.execution.BreakOff;
import io.hiberlet.agent.execution.CpuQuota;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.pod.GuestRunner.Outcome;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens in one life of one controller.
 *
 * <pre>
 *   start ──► RESIDENT ◄──wake── HIBERNATED ◄── adopt
 *                │  ───idle────►     │
 *                └──────► ENDED ◄────┘
 * </pre>
 *
 * Used by its owner's tasks only, so at most one wake runs at a time; what comes from elsewhere (an
 * operation's news, an alarm, the module) is queued there.
 */
final class ControllerLife implements OperationsListener, ResidentRoom.Tenant {
  private static final Logger log = LoggerFactory.getLogger(ControllerLife.class);
  private static final Duration RETRY_HIBERNATION = Duration.ofMinutes(1);

  private final ControllerSpec spec;
  private final ControllerParts parts;
  private final ControllerServices services;
  private final ControllerObserver observer;
  private final Executor owner;
  private final ControllerInstance instance;
  private final Residence residence;
  private final LifeOperations operations;
  private final WakeGate gate;
  private final LifeWork guestWork;
  private final NextStep next;

  private LifeState state = LifeState.NEW;
  private Duration idleAfter;

  /** Null unless its end was asked for. */
  private @Nullable Stop stop;

  /**
   * @param owner runs its tasks one after the other
   * @param breakOff ends guest work that is under way
   */
  ControllerLife(
      ControllerSnapshots snapshots,
      ControllerSpec spec,
      ControllerParts parts,
      ControllerServices services,
      ControllerObserver observer,
      BreakOff breakOff,
      Executor owner) {
    this.spec = spec;
    this.idleAfter = spec.idleAfter();
    this.parts = parts;
    this.services = services;
    this.observer = observer;
    this.owner = owner;
    this.instance = new ControllerInstance(snapshots, services);
    this.residence = new Residence(parts, services, observer, this, owner);
    this.operations = new LifeOperations(owner, this);
    this.gate = new WakeGate(services.clock(), CpuQuota.of(spec.cpuLimit(), services.clock()));
    this.next = new NextStep(services.timer(), owner);
    this.guestWork = new LifeWork(snapshots.id(), services, breakOff);
  }

  /** Begins a new life. */
  void start(GuestSettings settings) {
    open(OperationsState.INITIAL);
    if (state != LifeState.ENDED) {
      enter(source -> run(() -> begin(source, settings)));
    }
  }

  /** Goes on with a life that an earlier process wrote down. */
  void adopt(OperationsState pending) {
    becomes(LifeState.HIBERNATED);
    open(pending);
    wake();
  }

  /** How long it stays in memory with nothing to do, be it that it has nothing to do now. */
  void idleAfter(Duration changed) {
    boolean differs = !changed.equals(idleAfter);
    idleAfter = changed;
    if (differs && state == LifeState.RESIDENT && next.remaining().isPresent()) {
      hibernateAfter(changed);
    }
  }

  /**
   * Ends: the guest is told, and discarded when the grace is over. Completes at the end, after the
   * observer was told.
   */
  CompletionStage<Void> stop(Duration grace) {
    if (state == LifeState.ENDED) {
      return CompletableFuture.completedFuture(null);
    }
    boolean first = stop == null;
    Stop asked = stop == null ? new Stop(services.timer(), owner) : stop;
    stop = asked;
    asked.allow(grace, () -> end(Ending.killed()));
    if (grace.isZero()) {
      end(Ending.killed());
    } else if (state == LifeState.NEW) {
      end(Ending.neverRan());
    } else if (first) {
      tellStop(asked);
    }
    return asked.over();
  }

  /**
   * Lets go of the controller, written down, so that another process can adopt it. The observer
   * hears nothing more.
   */
  void suspend() {
    if (state == LifeState.RESIDENT) {
      instance.trySave(operations.open().capture(), observer);
    }
    if (state != LifeState.ENDED) {
      release();
      ended();
    }
  }

  /** What cannot be opened (no room for its log, say) ends a new life, a sleeping one waits. */
  private void open(OperationsState from) {
    run(() -> operations.open(parts, from));
  }

  private void begin(GuestSource source, GuestSettings settings)
      throws GuestTrapException, GuestExitException {
    instance.start(source, settings, operations.open());
    becomes(LifeState.RESIDENT);
    instance.wake();
  }

  private void wake() {
    if (state == LifeState.ENDED || state == LifeState.NEW || operations.areQuiet()) {
      return;
    }
    Duration closed = gate.delay();
    if (closed.isPositive()) {
      next.in(closed, this::wake);
    } else if (!operations.areOpen()) {
      run(this::reopen);
    } else if (!instance.isResident()) {
      enter(source -> run(() -> resume(source)));
    } else {
      run(this::wakeResident);
    }
  }

  /** It is woken before anything else: whoever came into memory gets something done. */
  private void resume(GuestSource source)
      throws GuestStateException, CorruptSnapshotException, GuestTrapException, GuestExitException {
    next.cancel();
    instance.resume(source, operations.open(), residence::grow);
    becomes(LifeState.RESIDENT);
    wakeResident();
  }

  private void wakeResident() throws GuestTrapException, GuestExitException {
    instance.wake();
    gate.reset();
  }

  private void becomes(LifeState now) {
    state = now;
    now.tell(observer);
  }

  private void run(GuestRunner.GuestWork work) {
    GuestRunner.Run ran = guestWork.run(work);
    gate.ran(ran.cpuTime());
    switch (ran.outcome()) {
      case Outcome.Done() -> afterWork();
      case Outcome.Ended(Ending ending) -> end(ending);
      case Outcome.Overran(String message) -> overran(message);
      case Outcome.CrowdedOut() -> goBack();
      case Outcome.Unusable(String message) -> startAnew(message);
      case Outcome.Postponed(String message) -> postpone(message);
    }
  }

  private void afterWork() {
    if (state != LifeState.RESIDENT) {
      return;
    }
    boolean idle = operations.areQuiet();
    residence.rests(instance.heldBytes(), idle && mayHibernate());
    if (mayHibernate() && residence.leavesBetweenWakes(idleAfter, operations)) {
      leave();
    } else if (!idle) {
      owner.execute(this::wake);
    } else if (stop != null && !operations.open().hasRequests()) {
      end(Ending.stopped());
    } else {
      boolean active = operations.open().takeActivity(); // nothing else postpones its sleep
      hibernateAfter(active ? idleAfter : next.remaining().orElse(idleAfter));
    }
  }

  /** Goes back to the last snapshot, if there is one and the guest has not done this too often. */
  private void overran(String message) {
    services.metrics().overran();
    Duration backoff = gate.overran();
    if (!instance.snapshots().exist() || stop != null || gate.gaveUp()) {
      end(Ending.tooSlow(message));
      return;
    }
    observer.goesBack(message, backoff);
    goBack();
  }

  /** To the last snapshot. */
  private void goBack() {
    operations.close();
    instance.drop();
    residence.leave();
    becomes(LifeState.HIBERNATED);
    wake();
  }

  /** Takes up the operations of the last snapshot again, as the guest will know no others. */
  private void reopen() throws CorruptSnapshotException {
    operations.open(parts, instance.snapshots().operations());
    if (stop != null) {
      operations.open().stop(stop.grace());
    }
  }

  /** The snapshot is of no use: the next life begins without it. */
  private void startAnew(String message) {
    instance.snapshots().quarantine(message);
    end(Ending.corrupt(message));
  }

  private void postpone(String message) {
    if (state != LifeState.HIBERNATED) { // there is nothing on disk that waits for another try
      end(Ending.lost("HostError", message));
      return;
    }
    residence.leave();
    Duration backoff = gate.postponed();
    log.atWarn()
        .addKeyValue("controller", instance.snapshots().id())
        .addKeyValue("reason", message)
        .log("Resume failed");
    observer.staysOnDisk(message, backoff);
    next.in(backoff, this::wake);
  }

  private void hibernateAfter(Duration delay) {
    if (mayHibernate()) {
      next.in(delay, this::hibernate);
    }
  }

  private boolean mayHibernate() {
    return stop == null && services.hibernates();
  }

  /** Goes to sleep, unless it is busy: then a wake follows, at the end of a command at last. */
  void hibernate() {
    if (state == LifeState.RESIDENT && operations.open().isIdle()) {
      leave();
    }
  }

  @Override
  public void makeRoom() {
    owner.execute(this::leave);
  }

  /** Goes to the disk now; what waits for it brings it back. */
  private void leave() {
    if (state != LifeState.RESIDENT || !mayHibernate()) {
      return;
    }
    if (instance.trySave(operations.open().capture(), observer)) {
      next.cancel();
      instance.sleep();
      parts.rest();
      services.metrics().hibernated();
      becomes(LifeState.HIBERNATED);
      residence.leave();
      wake(); // for what came in while it was written
    } else {
      residence.stays();
      hibernateAfter(RETRY_HIBERNATION);
      owner.execute(this::wake);
    }
  }

  private void tellStop(Stop asked) {
    gate.reset(); // whoever ends it waits for no back-off
    if (operations.areOpen()) {
      operations.open().stop(asked.grace());
    } else {
      wake();
    }
  }

  private void enter(Consumer<GuestSource> then) {
    residence.enter(
        instance.snapshots().moduleDigest(),
        spec.memoryLimitBytes(),
        (source, failure) -> {
          boolean ended = state == LifeState.ENDED;
          if (source != null && !ended) {
            guestWork.isOf(source);
            then.accept(source);
          } else if (failure != null && !ended) {
            end(Ending.lost("ModuleUnusable", StartFailure.of(failure).message()));
          }
        });
  }

  private void end(Ending ending) {
    if (state == LifeState.ENDED) {
      return;
    }
    release();
    observer.ended(ending);
    ended();
  }

  private void ended() {
    if (stop != null) {
      stop.over().complete(null);
    }
  }

  private void release() {
    next.cancel();
    if (stop != null) {
      stop.cancel();
    }
    operations.close();
    instance.drop();
    residence.leave();
    parts.close();
    state = LifeState.ENDED;
  }

  /** Comes back into memory, if it sleeps and is not on its way; {@code then} follows. */
  void resume(Runnable then) {
    if (state != LifeState.HIBERNATED || !operations.areOpen() || residence.isOnItsWay()) {
      then.run();
    } else {
      enter(
          source -> {
            run(() -> resume(source));
            then.run();
          });
    }
  }

  /** What others ask of it, as it is now. */
  ControllerQueries queries() {
    return new ControllerQueries(state.name(), spec, parts, instance, operations, guestWork);
  }

  /** Something of its parts failed. */
  void trouble(String reason, String message) {
    observer.trouble(reason, message);
  }

  @Override
  public void completionsWaiting() {
    wake();
  }

  @Override
  public void positionMoved(long operation, String resourceVersion) {
    if (state == LifeState.HIBERNATED) {
      instance.snapshots().movePosition(operation, resourceVersion);
    }
  }
}
