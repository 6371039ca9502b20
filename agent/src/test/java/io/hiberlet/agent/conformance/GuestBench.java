package io.hiberlet.agent.conformance;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.ControllerSnapshot;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hibernation.StoredController;
import io.hiberlet.agent.hibernation.StoredPages;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoFixture;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.snapshot.MemorySnapshotStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A guest with the host's real I/O, snapshots and operations around it, on one thread and in a time
 * of its own: whenever nothing is left to do, the next alarm is due. Between two wakes the guest
 * may be put to sleep, and its host be started anew.
 */
final class GuestBench implements OperationsListener, AutoCloseable {
  private static final ControllerId ID = new ControllerId("uid", "guest");
  private static final String DIGEST = "sha256:" + "c".repeat(64);
  private static final int MOST_STEPS = 1_000_000;

  /** What happens after a wake. */
  enum Rest {
    NONE,
    SLEEP,
    /** Sleeps while the host is stopped and started again. */
    SLEEP_OF_ALL
  }

  /** Says what happens after each wake; {@link Rest#SLEEP_OF_ALL} only between requests. */
  interface Rests {
    Rest next(boolean betweenRequests);
  }

  private record Due(Instant at, long order, Runnable action) {}

  private final GuestModule module;
  private final GuestEnvironment environment;
  private final Rests rests;
  private final HostIo host;
  private final SnapshotRepository snapshots = new SnapshotRepository(new MemorySnapshotStore());
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final Queue<Due> alarms =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long order;
  private StoredPages stored = StoredPages.NONE;
  private ControllerOperations operations;
  private Guest guest;
  private int sleeps;

  /**
   * Starts a guest.
   *
   * @param upstream makes the API server, given how to run something later
   */
  GuestBench(
      GuestModule module,
      GuestEnvironment environment,
      Rests rests,
      Function<TaskServer.Later, Upstream> upstream)
      throws Exception {
    this.module = module;
    this.environment = environment;
    this.rests = rests;
    this.host =
        HostIoFixture.open(
            upstream.apply((delay, action) -> at(now.plus(delay), action)),
            () -> now,
            this::at,
            loop::add,
            new SplittableRandom(1));
    this.operations = open(OperationsState.INITIAL);
    this.guest = module.start(environment, operations);
    wake();
  }

  /** How often it slept. */
  int sleeps() {
    return sleeps;
  }

  /** Goes on until something has come about. */
  void runUntil(BooleanSupplier condition) throws Exception {
    for (int step = 0; !condition.getAsBoolean(); step++) {
      if (step == MOST_STEPS || !step()) {
        throw new AssertionError(
            "nothing is left that could happen, after %d steps".formatted(step));
      }
    }
  }

  /** Tells it to stop, and goes on until it has done with that. */
  void stop(Duration grace) throws Exception {
    operations.stop(grace);
    wake();
  }

  private boolean step() throws Exception {
    if (!loop.isEmpty()) {
      loop.remove().run();
    } else if (operations.hasCompletions()) {
      wake();
    } else if (alarms.isEmpty()) {
      return false;
    } else {
      Due next = alarms.remove();
      now = next.at().isAfter(now) ? next.at() : now;
      next.action().run();
    }
    return true;
  }

  private void wake() throws Exception {
    guest.wake();
    switch (rests.next(!operations.hasRequests())) {
      case NONE -> {}
      case SLEEP -> sleep(false);
      case SLEEP_OF_ALL -> sleep(true);
    }
  }

  private void sleep(boolean all) throws Exception {
    OperationsState waiting = operations.capture();
    stored =
        snapshots
            .save(ID, new ControllerSnapshot(DIGEST, guest.capture(), waiting, now), stored)
            .pages();
    guest.release(snapshots.sparePages());
    if (all) {
      operations.close();
      operations = open(snapshots.operations(ID).orElseThrow());
    }
    StoredController last = snapshots.load(ID).orElseThrow();
    stored = last.pages();
    guest = module.resume(environment, operations, last.snapshot().guest());
    sleeps++;
  }

  private ControllerOperations open(OperationsState state) {
    return host.open(state, () -> CompletableFuture.completedFuture("token"), this);
  }

  private Runnable at(Instant time, Runnable action) {
    Due due = new Due(time, order++, action);
    alarms.add(due);
    return () -> alarms.remove(due);
  }

  @Override
  public void completionsWaiting() {}

  @Override
  public void positionMoved(long operation, String resourceVersion) {}

  @Override
  public void close() {
    operations.close();
    guest.close();
  }
}
