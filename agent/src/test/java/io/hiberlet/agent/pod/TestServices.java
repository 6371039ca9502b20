package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.snapshot.SnapshotStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/** What the controllers of a test share: all real, on its threads, timer and store. */
final class TestServices {
  private TestServices() {}

  static ControllerServices of(
      GuestThreads threads,
      ScheduledExecutorService timer,
      Duration wakeLimit,
      SnapshotStore store) {
    return of(threads, timer, wakeLimit, store, new ResidentRoom(Long.MAX_VALUE));
  }

  static ControllerServices of(
      GuestThreads threads,
      ScheduledExecutorService timer,
      Duration wakeLimit,
      SnapshotStore store,
      ResidentRoom room) {
    return new ControllerServices(
        threads,
        new GuestRunner(new Watchdog(timer, wakeLimit, threads), wakeLimit),
        room,
        timer,
        new SnapshotRepository(store),
        true,
        Clock.systemUTC(),
        new AgentMetrics());
  }
}
