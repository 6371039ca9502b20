package io.hiberlet.benchmarks;

import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.ControllerSnapshot;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hibernation.SavedSnapshot;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hibernation.StoredController;
import io.hiberlet.agent.hibernation.StoredPages;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * One guest that is suspended and resumed as a controller of the agent is, by the same code, on the
 * calling thread. Used by one thread.
 */
final class SleepingGuest implements AutoCloseable {
  private static final String DIGEST = "sha256:" + "0".repeat(64);
  private static final long MEMORY_LIMIT_BYTES = 1L << 30;
  private static final OperationsState OPERATIONS =
      new OperationsState(
          2, List.of(new OperationsState.Timer(1, Instant.parse("2100-01-01T00:00:00Z"))));

  private final GuestModule module;
  private final SnapshotRepository snapshots;
  private final ControllerId id;
  private final Commands commands = new Commands();
  private final GuestEnvironment environment =
      new GuestEnvironment(
          GuestSettings.NONE,
          List.of(),
          OutputStream.nullOutputStream(),
          OutputStream.nullOutputStream(),
          MEMORY_LIMIT_BYTES);
  private final int pages;
  private long seed = 1;
  private Guest guest;
  private StoredPages stored = StoredPages.NONE;

  /**
   * Starts it with a working set.
   *
   * @param pages of 4 KiB
   */
  SleepingGuest(GuestModule module, SnapshotRepository snapshots, ControllerId id, int pages)
      throws GuestTrapException, GuestExitException {
    this.module = module;
    this.snapshots = snapshots;
    this.id = id;
    this.pages = pages;
    this.guest = module.start(environment, commands);
    commands.fill(pages, ++seed);
    guest.wake();
  }

  /** Has the guest write a word in so many of its pages, evenly spread. */
  void dirty(int count) throws GuestTrapException, GuestExitException {
    int stride = Math.max(1, pages / count);
    int first = (int) (++seed % stride);
    commands.touch(first, Math.min(count, pages), stride, seed);
    guest.wake();
  }

  /** Wakes it with an event that asks for nothing. */
  void wake() throws GuestTrapException, GuestExitException {
    commands.nudge();
    guest.wake();
  }

  /** Writes what changed to the disk; the bytes of keys and values written. */
  long suspend() {
    ControllerSnapshot snapshot =
        new ControllerSnapshot(DIGEST, guest.capture(), OPERATIONS, Instant.now());
    SavedSnapshot saved = snapshots.save(id, snapshot, stored);
    guest.stored();
    stored = saved.pages();
    return saved.bytes();
  }

  /** Lets go of the instance, as a controller does after it was suspended. */
  void forget() {
    guest.release(snapshots.sparePages());
  }

  /** Goes on from the disk in a new instance. */
  void resume() throws CorruptSnapshotException, GuestStateException {
    StoredController loaded = snapshots.load(id).orElseThrow();
    guest = module.resume(environment, commands, loaded.snapshot().guest());
    stored = loaded.pages();
  }

  /** Depends on every byte of the working set. */
  long sum() throws GuestTrapException, GuestExitException {
    commands.sum(pages);
    guest.wake();
    return commands.answer();
  }

  /** Deletes what is stored of it. */
  @Override
  public void close() {
    guest.close();
    snapshots.delete(id);
  }
}
