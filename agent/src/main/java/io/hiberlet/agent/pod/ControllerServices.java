package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.metrics.AgentMetrics;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all controllers share; thread-safe, owned by the composition root.
 *
 * @param hibernates whether idle controllers leave memory
 */
public record ControllerServices(
    Executor guestThreads,
    GuestRunner runner,
    ResidentRoom room,
    ScheduledExecutorService timer,
    SnapshotRepository snapshots,
    boolean hibernates,
    Clock clock,
    AgentMetrics metrics) {

  /** The same for controllers that leave memory, or do not. */
  public ControllerServices hibernating(boolean theyDo) {
    return new ControllerServices(
        guestThreads, runner, room, timer, snapshots, theyDo, clock, metrics);
  }
}
