package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
final class Controller implements OperationsListener {
  private static final Logger log = LoggerFactory.getLogger(Controller.class);
  private static final Duration RETRY_HIBERNATION = Duration.ofMinutes(1);

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
  private final Duration idleAfter;
  private final ControllerParts parts;
  private final ControllerServices services;
  private final Observer observer;
  private final SerialExecutor owner;
  private final GuestRunner runner;
  private final ControllerSnapshots snapshots;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  // Touched by the owner only.
  private State state = State.NEW;
  private boolean loading;
  private boolean stopping;
  private @Nullable ControllerOperations operations;
  private @Nullable Guest guest;
  private @Nullable ScheduledFuture<?> idleTimer;
  private @Nullable ScheduledFuture<?> graceTimer;
  private ControllerStatus.Counters counters = ControllerStatus.Counters.NONE;

  Controller(
      ControllerId id,
      String moduleDigest,
      Duration idleAfter,
      ControllerParts parts,
      ControllerServices services,
      Observer observer) {
    this.id = id;
    this.moduleDigest = moduleDigest;
    this.idleAfter = idleAfter;
    this.parts = parts;
    this.services = services;
    this.observer = observer;
    this.owner = new SerialExecutor(services.guestThreads());
    this.runner = new GuestRunner(services.watchdog());
    this.snapshots = new ControllerSnapshots(id, moduleDigest, services);
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

  @Override
  public void completionsWaiting() {
    owner.execute(this::wake);
  }

  @Override
  public void positionMoved(long operation, String resourceVersion) {
    owner.execute(
        () -> {
          if (state == State.HIBERNATED) {
            snapshots.movePosition(operation, resourceVersion);
          }
        });
  }

  /** What cannot even be opened (no room for its log, say) ends this life at once. */
  private void open(OperationsState from) {
    run(() -> operations = parts.openOperations(from, this));
  }

  private void begin(GuestSource source) throws GuestTrapException, GuestExitException {
    Guest started = source.start(operations());
    becomeResident(started);
    counters = counters.woken(services.clock().instant());
    started.wake();
  }

  private void wake() {
    if (state == State.ENDED || state == State.NEW || !operations().hasCompletions()) {
      return;
    }
    if (guest == null) {
      load(source -> run(() -> resume(source)));
      return;
    }
    Guest resident = guest;
    run(
        () -> {
          counters = counters.woken(services.clock().instant());
          long began = System.nanoTime();
          resident.wake();
          services.metrics().woken(System.nanoTime() - began);
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
    runner.run(id, work).ifPresent(this::end);
    afterWork();
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
      hibernateAfter(idleAfter);
    }
  }

  /** Whether the guest still waits for something that it began, watches and timers aside. */
  private boolean hasRequests() {
    return operations().capture().pending().stream()
        .anyMatch(OperationsState.Request.class::isInstance);
  }

  private void hibernateAfter(Duration delay) {
    cancel(idleTimer);
    if (stopping || !services.hibernates()) {
      return;
    }
    long wakes = counters.wakes();
    idleTimer =
        services
            .timer()
            .schedule(
                () -> owner.execute(() -> hibernateUnlessWoken(wakes)),
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void hibernateUnlessWoken(long wakes) {
    boolean idle = wakes == counters.wakes() && !stopping && !operations().hasCompletions();
    if (state != State.RESIDENT || !idle) {
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
      long bytes = snapshots.write(resident.capture(), operations().capture());
      counters = counters.suspended(bytes);
      return true;
    } catch (StoreException | IllegalArgumentException e) { // the latter: larger than may be
      log.atWarn().addKeyValue("controller", id).setCause(e).log("Hibernation failed");
      observer.trouble("HibernationFailed", "stays in memory: " + e.getMessage());
      return false;
    }
  }

  private void beginStop(Duration grace) {
    if (state == State.ENDED) {
      return;
    }
    if (grace.isZero() || state == State.NEW) {
      end(grace.isZero() ? Ending.killed() : Ending.stopped());
      return;
    }
    cancel(graceTimer);
    graceTimer =
        services
            .timer()
            .schedule(
                () -> owner.execute(() -> end(Ending.killed())),
                grace.toMillis(),
                TimeUnit.MILLISECONDS);
    if (!stopping) {
      stopping = true;
      operations().stop(grace);
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
    cancel(idleTimer);
    cancel(graceTimer);
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

  private static void cancel(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
