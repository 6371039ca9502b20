package io.hiberlet.agent.packaging;

import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.ControllerSnapshot;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hibernation.StoredPages;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Runs a controller's first wake, with nobody to answer what it asks for, puts it to sleep and
 * brings it back: what that takes is what the controller will take at the least. Nothing that it
 * does reaches anybody.
 */
final class Trial {
  private static final ControllerId ID = new ControllerId("trial", "trial");
  private static final int MAX_LOG_CHARS = 300;

  private final GuestModule module;
  private final String digest;
  private final GuestSettings settings;
  private final long memoryLimitBytes;
  private final Duration wakeLimit;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  Trial(
      GuestModule module,
      String digest,
      GuestSettings settings,
      long memoryLimitBytes,
      Duration wakeLimit) {
    this.module = module;
    this.digest = digest;
    this.settings = settings;
    this.memoryLimitBytes = memoryLimitBytes;
    this.wakeLimit = wakeLimit;
  }

  /**
   * Runs it.
   *
   * @param folder for a store, which is left there
   */
  TrialResult run(Path folder) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    try (timer;
        GuestThreads threads = new GuestThreads(1);
        SnapshotStore store =
            RocksSnapshotStore.open(folder.resolve("store"), StoreOptions.DEFAULT)) {
      var watchdog = new Watchdog(timer, wakeLimit, threads);
      return CompletableFuture.supplyAsync(
              () -> measured(watchdog, new SnapshotRepository(store)), threads)
          .join();
    }
  }

  private TrialResult measured(Watchdog watchdog, SnapshotRepository snapshots) {
    try (Watchdog.Watch watch = watchdog.watch()) {
      try (Guest guest = module.start(environment(), new UnansweredCalls())) {
        guest.wake();
        Duration wake = watch.cpuTime();
        return asleepAndBack(guest, wake, snapshots);
      } catch (GuestExitException e) {
        return ended("it ended in its first wake with exit code " + e.exitCode());
      } catch (GuestTrapException e) {
        return ended(
            watch.fired()
                ? "its first wake took more than %d s of CPU time".formatted(wakeLimit.toSeconds())
                : "it trapped in its first wake: " + e.getMessage());
      } catch (GuestStateException | CorruptSnapshotException e) {
        return ended("it could not be brought back: " + e.getMessage());
      }
    }
  }

  private TrialResult asleepAndBack(Guest guest, Duration wake, SnapshotRepository snapshots)
      throws GuestStateException, CorruptSnapshotException {
    long snapshotBytes =
        snapshots
            .save(
                ID,
                new ControllerSnapshot(
                    digest, guest.capture(), OperationsState.INITIAL, Instant.now()),
                StoredPages.NONE)
            .bytes();
    long memoryBytes = guest.memoryBytes();
    long heldBytes = guest.heldBytes();
    long began = System.nanoTime();
    GuestState state = snapshots.load(ID).orElseThrow().snapshot().guest();
    module.resume(environment(), new UnansweredCalls(), state).close();
    Duration resume = Duration.ofNanos(System.nanoTime() - began);
    return new TrialResult.Slept(memoryBytes, heldBytes, snapshotBytes, wake, resume);
  }

  private TrialResult ended(String how) {
    String text = log.toString(StandardCharsets.UTF_8).strip();
    String last = text.substring(Math.max(0, text.length() - MAX_LOG_CHARS));
    return new TrialResult.Ended(last.isEmpty() ? how : how + "; it logged: " + last);
  }

  private GuestEnvironment environment() {
    return new GuestEnvironment(settings, List.of(), log, log, memoryLimitBytes);
  }
}
