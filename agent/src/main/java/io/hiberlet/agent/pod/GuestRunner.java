package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.BreakOff;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.CorruptSnapshotException;
import io.hiberlet.agent.runtime.GuestCrowdedOutException;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestOutOfMemoryException;
import io.hiberlet.agent.runtime.GuestStateException;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.StoreException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs guest code under the watchdog and tells what came of it. Thread-safe; the work runs on the
 * calling thread.
 */
public final class GuestRunner {
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

  /** What came of a piece of work. */
  sealed interface Outcome {
    /** It was done. */
    record Done() implements Outcome {}

    /** It ended the controller's life. */
    record Ended(Ending ending) implements Outcome {}

    /** It was interrupted because it took too long; the instance is of no more use. */
    record Overran(String message) implements Outcome {}

    /** It was to hold more memory than there is room for; the instance is of no more use. */
    record CrowdedOut() implements Outcome {}

    /** The snapshot cannot be used, now or later. */
    record Unusable(String message) implements Outcome {}

    /** Something on this device failed that may go well another time; nothing was changed. */
    record Postponed(String message) implements Outcome {}
  }

  /**
   * @param cpuTime what the work took
   */
  record Run(Outcome outcome, Duration cpuTime) {}

  private final Watchdog watchdog;
  private final Duration commandLimit;

  /**
   * @param watchdog for wakes
   * @param commandLimit of CPU time for a command, which has but one wake
   */
  public GuestRunner(Watchdog watchdog, Duration commandLimit) {
    this.watchdog = watchdog;
    this.commandLimit = commandLimit;
  }

  /**
   * Runs a piece of work.
   *
   * @param command whether it is all that there is to run of a command
   * @param breakOff ends it from elsewhere
   */
  Run run(ControllerId id, boolean command, BreakOff breakOff, GuestWork work) {
    Duration limit = command ? commandLimit : watchdog.limit();
    try (Watchdog.Watch watch = watchdog.watch(limit)) {
      breakOff.begins(watch);
      String tooSlow =
          "%s took more than %d s of CPU time"
              .formatted(command ? "the command" : "a wake", limit.toSeconds());
      Outcome outcome = outcome(id, work, watch, tooSlow);
      return new Run(outcome, watch.cpuTime());
    } finally {
      breakOff.ends();
    }
  }

  private Outcome outcome(ControllerId id, GuestWork work, Watchdog.Watch watch, String tooSlow) {
    try {
      work.run();
      return new Outcome.Done();
    } catch (GuestExitException e) {
      return new Outcome.Ended(Ending.exited(e.exitCode()));
    } catch (GuestTrapException e) {
      return trapped(e, watch, tooSlow);
    } catch (GuestStateException | CorruptSnapshotException e) {
      return new Outcome.Unusable(String.valueOf(e.getMessage()));
    } catch (StoreException | UncheckedIOException e) {
      return new Outcome.Postponed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.atError().addKeyValue("controller", id).setCause(e).log("The host failed a controller");
      return new Outcome.Ended(Ending.lost("HostError", e.toString()));
    } catch (OutOfMemoryError e) { // a guest's own becomes a trap; this is one that is read back
      return new Outcome.Postponed("the agent has too little memory for it: " + e.getMessage());
    }
  }

  private static Outcome trapped(GuestTrapException e, Watchdog.Watch watch, String tooSlow) {
    if (watch.isBrokenOff()) {
      return new Outcome.Ended(Ending.killed());
    }
    if (watch.fired()) {
      return new Outcome.Overran(tooSlow);
    }
    if (e instanceof GuestCrowdedOutException) {
      return new Outcome.CrowdedOut();
    }
    String message = String.valueOf(e.getMessage());
    return new Outcome.Ended(
        e instanceof GuestOutOfMemoryException
            ? Ending.outOfMemory(message)
            : Ending.trapped(message));
  }
}
