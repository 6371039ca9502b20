package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.execution.CpuQuota;
import io.hiberlet.agent.execution.OwnerTimer;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.pod.GuestRunner.Outcome;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of one controller, from its start to its end, through any number of hibernations and
 * restarts of the agent.
 *
 * <pre>
 *   start ──► RESIDENT ◄──wake── HIBERNATED ◄── adopt
 *                │  ───idle────►     │
 *                └──────► ENDED ◄────┘
 * </pre>
 *
 * Everything happens on its owner, a {@link SerialExecutor}; methods that are not private may be
 * called by any thread and only queue work there. So at most one wake runs at a time.
 */
final class Controller {
  private static final Logger log = LoggerFactory.getLogger(Controller.class);
  private static final Duration RETRY_HIBERNATION = Duration.ofMinutes(1);
  private static final Duration RETRY_RESUME = Duration.ofSeconds(1);
  private static final Duration RETRY_OVERRUN = Duration.ofSeconds(10);

  /** How often in a row a wake may take too long before the life is given up. */
  private static final int MOST_OVERRUNS = 3;

  /** Hears of a controller's life, on the controller's owner; must not block. */
  interface Observer {
    void resident();

    void hibernated();

    /** Said once; nothing comes after it. */
    void ended(Ending ending);

    /** Something failed that the controller survived. */
    void trouble(String reason, String message);
  }

  private enum State {
    NEW,
    RESIDENT,
    HIBERNATED,
    ENDED
  }

  private final ControllerId id;
  private final String moduleDigest;
  private final ControllerSpec spec;
  private final ControllerParts parts;
  private final ControllerServices services;
  private final Observer observer;
  private final SerialExecutor owner;
  private final GuestRunner runner;
  private final ControllerSnapshots snapshots;
  private final WakeGate gate;
  private final OwnerTimer idle;
  private final OwnerTimer retry;
  private final OwnerTimer grace;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  // Touched by the owner only.
  private State state = State.NEW;
  private boolean loading;
  private boolean stopping;
  private int overruns;
  private @Nullable News news;
  private @Nullable ControllerOperations operations;
  private @Nullable Guest guest;
  private ControllerStatus.Counters counters = ControllerStatus.Counters.NONE;

  Controller(
      ControllerId id,
      String moduleDigest,
      ControllerSpec spec,
      ControllerParts parts,
      ControllerServices services,
      Observer observer) {
    this.id = id;
    this.moduleDigest = moduleDigest;
    this.spec = spec;
    this.parts = parts;
    this.services = services;
    this.observer = observer;
    this.owner = new SerialExecutor(services.guestThreads());
    this.runner = new GuestRunner(services.watchdog());
    this.snapshots = new ControllerSnapshots(id, moduleDigest, services);
    this.gate = new WakeGate(services.clock(), quota(spec, services.clock()));
    this.idle = new OwnerTimer(services.timer(), owner);
    this.retry = new OwnerTimer(services.timer(), owner);
    this.grace = new OwnerTimer(services.timer(), owner);
  }

  /** Begins a new life. */
  void start() {
    owner.execute(
        () -> {
          open(OperationsState.INITIAL);
          if (state != State.ENDED) {
            load(source -> run(() -> begin(source)));
          }
        });
  }

  /** Goes on with a life that an earlier process wrote down. */
  void adopt(OperationsState pending) {
    owner.execute(
        () -> {
          open(pending);
          if (state != State.ENDED) {
            state = State.HIBERNATED;
            observer.hibernated();
            wake();
          }
        });
  }

  /**
   * Ends this life: the guest is told, and discarded when the grace is over.
   *
   * @return completes at the end, after the observer was told
   */
  CompletionStage<Void> stop(Duration grace) {
    owner.execute(() -> beginStop(grace));
    return over;
  }

  /**
   * Writes the controller down and lets go of it, so that another process can adopt it. The
   * observer hears nothing more.
   */
  CompletionStage<Void> suspend() {
    owner.execute(
        () -> {
          if (state == State.RESIDENT) {
            writeSnapshot();
          }
          release();
          over.complete(null);
        });
    return over;
  }

  /** Its state, for a person. */
  CompletionStage<ControllerStatus> status() {
    CompletableFuture<ControllerStatus> answer = new CompletableFuture<>();
    owner.execute(() -> answer.complete(describe()));
    return answer;
  }

  /** What cannot even be opened (no room for its log, say) ends this life at once. */
  private void open(OperationsState from) {
    run(() -> openOperations(from));
  }

  private void openOperations(OperationsState from) {
    News current = new News();
    news = current;
    operations = parts.openOperations(from, current);
  }

  private void begin(GuestSource source) throws GuestTrapException, GuestExitException {
    Guest started = source.start(operations());
    becomeResident(started);
    counters = counters.woken(services.clock().instant());
    started.wake();
  }

  private void wake() {
    boolean open = operations != null;
    if (state == State.ENDED || state == State.NEW || (open && !operations().hasCompletions())) {
      return;
    }
    Duration closed = gate.delay();
    if (closed.isPositive()) {
      retry.set(closed, this::wake);
      return;
    }
    Guest resident = guest;
    if (!open) {
      run(this::reopen);
      return;
    }
    if (resident == null) {
      load(source -> run(() -> resume(source)));
      return;
    }
    idle.cancel();
    run(
        () -> {
          counters = counters.woken(services.clock().instant());
          long began = System.nanoTime();
          resident.wake();
          services.metrics().woken(System.nanoTime() - began);
          overruns = 0;
          gate.succeeded();
        });
  }

  private void resume(GuestSource source)
      throws GuestStateException, CorruptSnapshotException, GuestTrapException {
    long began = System.nanoTime();
    becomeResident(source.resume(operations(), snapshots.read()));
    counters = counters.resumed();
    services.metrics().resumed(System.nanoTime() - began);
  }

  private void run(GuestRunner.GuestWork work) {
    GuestRunner.Run run = runner.run(id, work);
    gate.ran(run.cpuTime());
    counters = counters.used(run.cpuTime());
    switch (run.outcome()) {
      case Outcome.Done() -> afterWork();
      case Outcome.Ended(Ending ending) -> end(ending);
      case Outcome.Overran(String message) -> overran(message);
      case Outcome.Unusable(String message) -> startAnew("SnapshotCorrupt", message);
      case Outcome.Postponed(String message) -> postpone(message);
    }
  }

  private void afterWork() {
    if (state != State.RESIDENT) {
      return;
    }
    if (operations().hasCompletions()) {
      owner.execute(this::wake);
    } else if (stopping && !hasRequests()) {
      end(Ending.stopped());
    } else {
      hibernateAfter(spec.idleAfter());
    }
  }

  /** Whether the guest still waits for something that it began, watches and timers aside. */
  private boolean hasRequests() {
    return operations().capture().pending().stream()
        .anyMatch(OperationsState.Request.class::isInstance);
  }

  /** Goes back to the last snapshot, if there is one and the guest has not done this too often. */
  private void overran(String message) {
    services.metrics().overran();
    overruns++;
    if (!snapshots.exist() || stopping || overruns >= MOST_OVERRUNS) {
      end(Ending.tooSlow(message));
      return;
    }
    Duration backoff = gate.failed(RETRY_OVERRUN);
    observer.trouble(
        "WakeTimeout",
        "%s; it goes back to its last snapshot and is woken again in %d s"
            .formatted(message, backoff.toSeconds()));
    operations().close();
    operations = null;
    dropGuest();
    state = State.HIBERNATED;
    observer.hibernated();
    wake();
  }

  /** Takes up the operations of the last snapshot again, as the guest will know no others. */
  private void reopen() throws CorruptSnapshotException {
    openOperations(snapshots.operations());
  }

  /** The snapshot is of no use: the next life begins without it. */
  private void startAnew(String reason, String message) {
    log.atError().addKeyValue("controller", id).addKeyValue("reason", message).log(reason);
    snapshots.quarantine(message);
    end(Ending.lost(reason, "its snapshot is quarantined, it starts from scratch: " + message));
  }

  private void postpone(String message) {
    Duration backoff = gate.failed(RETRY_RESUME);
    log.atWarn().addKeyValue("controller", id).addKeyValue("reason", message).log("Resume failed");
    observer.trouble(
        "ResumeFailed",
        "stays on disk, is tried again in %d s: %s".formatted(backoff.toSeconds(), message));
    retry.set(backoff, this::wake);
  }

  private void hibernateAfter(Duration delay) {
    if (stopping || !services.hibernates()) {
      return;
    }
    idle.set(delay, this::hibernate);
  }

  private void hibernate() {
    if (state != State.RESIDENT || stopping || operations().hasCompletions()) {
      return;
    }
    if (writeSnapshot()) {
      dropGuest();
      parts.rest();
      state = State.HIBERNATED;
      services.metrics().hibernated();
      observer.hibernated();
      wake(); // for what came in while it was written
    } else {
      hibernateAfter(RETRY_HIBERNATION);
    }
  }

  private boolean writeSnapshot() {
    Guest resident = Optional.ofNullable(guest).orElseThrow();
    try {
      long bytes = snapshots.write(resident, operations().capture());
      counters = counters.suspended(bytes);
      return true;
    } catch (StoreException | IllegalArgumentException e) { // the latter: larger than may be
      log.atWarn().addKeyValue("controller", id).setCause(e).log("Hibernation failed");
      observer.trouble("HibernationFailed", "stays in memory: " + e.getMessage());
      return false;
    }
  }

  private void beginStop(Duration patience) {
    if (state == State.ENDED) {
      return;
    }
    if (patience.isZero() || state == State.NEW) {
      end(patience.isZero() ? Ending.killed() : Ending.stopped());
      return;
    }
    grace.set(patience, () -> end(Ending.killed()));
    if (!stopping) {
      stopping = true;
      if (operations != null) {
        operations.stop(patience);
      }
    }
  }

  private void load(Consumer<GuestSource> then) {
    if (loading) {
      return;
    }
    loading = true;
    parts
        .loadModule()
        .whenCompleteAsync(
            (source, failure) -> {
              loading = false;
              if (state == State.ENDED) {
                return;
              }
              if (failure != null) {
                end(Ending.lost("ModuleUnusable", rootMessage(failure)));
              } else {
                then.accept(source);
              }
            },
            owner);
  }

  private static String rootMessage(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
  }

  private void becomeResident(Guest resident) {
    guest = resident;
    state = State.RESIDENT;
    services.metrics().resident();
    observer.resident();
  }

  private void end(Ending ending) {
    if (state == State.ENDED) {
      return;
    }
    release();
    observer.ended(ending);
    over.complete(null);
  }

  private void release() {
    idle.cancel();
    retry.cancel();
    grace.cancel();
    if (operations != null) {
      operations.close();
    }
    dropGuest();
    parts.close();
    state = State.ENDED;
  }

  private void dropGuest() {
    if (guest != null) {
      guest.close();
      guest = null;
      snapshots.forget();
      services.metrics().dropped();
    }
  }

  private ControllerStatus describe() {
    Guest resident = guest;
    return new ControllerStatus(
        state.name(),
        moduleDigest,
        resident == null ? 0 : resident.memoryBytes(),
        counters,
        operations == null ? List.of() : operations.describe());
  }

  private ControllerOperations operations() {
    return Optional.ofNullable(operations).orElseThrow();
  }

  private static @Nullable CpuQuota quota(ControllerSpec spec, Clock clock) {
    Double cpus = spec.cpuLimit();
    return cpus == null ? null : new CpuQuota(cpus, clock);
  }

  /**
   * What comes from one opening of the operations, brought to the owner. Nothing counts that was
   * said of operations which are closed by now: they may have been further than the snapshot is.
   */
  private final class News implements OperationsListener {
    @Override
    public void completionsWaiting() {
      owner.execute(Controller.this::wake);
    }

    @Override
    public void positionMoved(long operation, String resourceVersion) {
      owner.execute(
          () -> {
            if (state == State.HIBERNATED && news == this) {
              snapshots.movePosition(operation, resourceVersion);
            }
          });
    }
  }
}
