package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.StoreException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs guest code under the watchdog and tells how it ended a life, if it did. Thread-safe; the
 * work runs on the calling thread.
 */
final class GuestRunner {
  private static final Logger log = LoggerFactory.getLogger(GuestRunner.class);

  /** Work that runs guest code or makes it ready to run. */
  @FunctionalInterface
  interface GuestWork {
    void run()
        throws GuestTrapException,
            GuestExitException,
            GuestStateException,
            CorruptSnapshotException;
  }

  private final Watchdog watchdog;

  GuestRunner(Watchdog watchdog) {
    this.watchdog = watchdog;
  }

  /** Empty when the controller lives on. */
  Optional<Ending> run(ControllerId id, GuestWork work) {
    try (Watchdog.Watch watch = watchdog.watch()) {
      try {
        work.run();
        return Optional.empty();
      } catch (GuestExitException e) {
        return Optional.of(Ending.exited(e.exitCode()));
      } catch (GuestTrapException e) {
        return Optional.of(
            watch.fired() ? tooSlow() : Ending.trapped(String.valueOf(e.getMessage())));
      } catch (GuestStateException | CorruptSnapshotException e) {
        return Optional.of(
            Ending.lost("SnapshotUnusable", "starts from scratch: " + e.getMessage()));
      } catch (StoreException e) {
        return Optional.of(
            Ending.lost("SnapshotUnreadable", "starts from scratch: " + e.getMessage()));
      } catch (RuntimeException e) {
        log.atError().addKeyValue("controller", id).setCause(e).log("The host failed a controller");
        return Optional.of(Ending.lost("HostError", e.toString()));
      }
    }
  }

  private Ending tooSlow() {
    return Ending.tooSlow("a wake took longer than %d s".formatted(watchdog.limit().toSeconds()));
  }
}
