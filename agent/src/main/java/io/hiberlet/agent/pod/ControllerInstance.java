package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.agent.runtime.RoomToGrow;
import io.hiberlet.snapshot.StoreException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance of one controller, now in memory and now not, and the count of what happened to it.
 * Used by the controller's owner only; saving and resuming reach the disk.
 */
final class ControllerInstance {
  private static final Logger log = LoggerFactory.getLogger(ControllerInstance.class);

  private final ControllerSnapshots snapshots;
  private final ControllerServices services;
  private @Nullable Guest guest;

  // As plain numbers, as there are very many of these.
  private long wakes;
  private long resumes;
  private long suspends;
  private long snapshotBytes;

  /** Null while it is not in memory. */
  private volatile @Nullable Footprint footprint;

  /** When it was woken last, in milliseconds since the epoch; 0 before the first time. */
  private long lastWake;

  /**
   * What a resident takes of memory.
   *
   * @param heldBytes about, of the heap
   * @param memoryBytes of linear memory
   */
  record Footprint(long heldBytes, long memoryBytes) {
    /** About what the agent keeps for one that sleeps, as docs/performance.md measures it. */
    static final Footprint OF_SLEEPER = new Footprint(2 << 10, 0);
  }

  ControllerInstance(ControllerSnapshots snapshots, ControllerServices services) {
    this.snapshots = snapshots;
    this.services = services;
  }

  /** What is written of it. */
  ControllerSnapshots snapshots() {
    return snapshots;
  }

  boolean isResident() {
    return guest != null;
  }

  /** Whether it is in memory and carries out commands. */
  boolean handlesExec() {
    return guest != null && guest.handlesExec();
  }

  /** Linear memory held now, in bytes. */
  long memoryBytes() {
    Guest resident = guest;
    return resident == null ? 0 : resident.memoryBytes();
  }

  /** About how many bytes of the heap it holds, in memory as it is. */
  long heldBytes() {
    return resident().heldBytes();
  }

  /** As it was when it came to rest last; null while it is not in memory. Asked by any thread. */
  @Nullable Footprint footprint() {
    return footprint;
  }

  /**
   * What happened to it.
   *
   * @param cpuTime that it has taken
   */
  ControllerStatus.Counters counters(Duration cpuTime) {
    return new ControllerStatus.Counters(
        wakes,
        suspends,
        resumes,
        snapshotBytes,
        cpuTime,
        lastWake == 0 ? null : Instant.ofEpochMilli(lastWake));
  }

  /** Begins a life, without waking it. */
  void start(GuestSource source, GuestSettings settings, HostCalls calls)
      throws GuestTrapException, GuestExitException {
    become(source.start(settings, calls));
  }

  /**
   * Goes on as it was saved last.
   *
   * @param room for what it comes to hold
   */
  void resume(GuestSource source, HostCalls calls, RoomToGrow room)
      throws GuestStateException, CorruptSnapshotException, GuestTrapException {
    long began = System.nanoTime();
    Guest resumed = source.resume(calls, snapshots.read());
    resumed.takeRoomFrom(room);
    become(resumed);
    resumes++;
    services.metrics().resumed(System.nanoTime() - began);
  }

  private void become(Guest resident) {
    guest = resident;
    footprint = new Footprint(resident.heldBytes(), resident.memoryBytes());
    services.metrics().resident();
  }

  /** Lets the guest do what there is to do. */
  void wake() throws GuestTrapException, GuestExitException {
    wakes++;
    lastWake = services.clock().millis();
    long began = System.nanoTime();
    Guest resident = resident();
    resident.wake();
    footprint = new Footprint(resident.heldBytes(), resident.memoryBytes());
    services.metrics().woken(System.nanoTime() - began);
  }

  /**
   * Writes it down, with what it waits for; it stays in memory.
   *
   * @throws StoreException when it could not be written
   * @throws IllegalArgumentException when it is larger than may be
   */
  void save(OperationsState operations) {
    snapshotBytes = snapshots.write(resident(), operations);
  }

  /**
   * As {@link #save}; says whether it was written, and tells the observer when not.
   *
   * @param operations what it waits for
   */
  boolean trySave(OperationsState operations, ControllerObserver observer) {
    try {
      save(operations);
      return true;
    } catch (StoreException | IllegalArgumentException e) { // the latter: larger than may be
      log.atWarn().addKeyValue("controller", snapshots.id()).setCause(e).log("Hibernation failed");
      observer.trouble("HibernationFailed", "stays in memory: " + e.getMessage());
      return false;
    }
  }

  /** Takes it out of memory, as it was saved. */
  void sleep() {
    suspends++;
    drop();
  }

  /** Takes it out of memory, if it is there. */
  void drop() {
    if (guest != null) {
      guest.release(services.snapshots().sparePages());
      guest = null;
      footprint = null;
      snapshots.forget();
      services.metrics().dropped();
    }
  }

  private Guest resident() {
    Guest resident = guest;
    if (resident == null) {
      throw new IllegalStateException("the controller is not in memory");
    }
    return resident;
  }
}
