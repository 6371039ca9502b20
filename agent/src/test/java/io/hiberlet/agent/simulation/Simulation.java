package io.hiberlet.agent.simulation;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.snapshot.FaultySnapshotStore;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.hiberlet.snapshot.Table;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One run of the world, all of it drawn from one seed. Used once, by one thread. */
final class Simulation {
  private static final Duration SETTLING = Duration.ofMinutes(30);
  private static final int FEWEST_ACTIONS = 20;
  private static final int MOST_ACTIONS = 90;
  private static final Faults FULL = new Faults(1, 0, 0, 0);

  private final Schedule schedule;
  private final SplittableRandom random;
  private final MemorySnapshotStore stored = new MemorySnapshotStore();
  private final FaultySnapshotStore disk;
  private final ModelServer server;
  private final ModelCluster cluster;
  private final Trouble trouble;

  Simulation(long seed, boolean traced, GuestModule module) {
    SplittableRandom seeds = new SplittableRandom(seed);
    this.schedule = new Schedule(seeds.split(), traced);
    this.random = seeds.split();
    this.disk = new FaultySnapshotStore(stored, seed, Faults.NONE);
    this.server = new ModelServer(schedule, seeds.split());
    this.cluster = new ModelCluster(schedule, seeds.split(), server, disk, stored, module);
    this.trouble = new Trouble(schedule, seeds.split(), server, disk, cluster);
  }

  /**
   * Runs it to its end.
   *
   * @return what went wrong; null when nothing did
   */
  @Nullable String run() {
    cluster.begin(3 + random.nextInt(8));
    int actions = FEWEST_ACTIONS + random.nextInt(MOST_ACTIONS - FEWEST_ACTIONS);
    if (!schedule.runUntil(trouble.cause(actions), Duration.ofDays(1))) {
      return schedule.violation();
    }
    disk.setFaults(Faults.NONE);
    server.setTrouble(0);
    cluster.calm();
    if (random.nextBoolean()
        && cluster.hasRoomForAll()) { // else some wait for those that cannot go
      goesOnWithAFullDisk();
    }
    comesToRest();
    leavesNothingBehind();
    return schedule.violation();
  }

  List<String> story() {
    return schedule.lastLines();
  }

  int steps() {
    return schedule.steps();
  }

  private void goesOnWithAFullDisk() {
    require(cluster::isUp, "the agent does not start");
    List<ModelPod> running = cluster.wanted().stream().filter(ModelPod::isRunning).toList();
    schedule.note(() -> "the disk is full, running: " + running);
    disk.setFaults(FULL);
    running.forEach(server::append);
    require(
        () -> running.stream().allMatch(pod -> isUpToDate(pod) || pod.mayStartOver()),
        "with a full disk not all are up to date");
    disk.setFaults(Faults.NONE);
  }

  private void comesToRest() {
    schedule.note(() -> "all is well from now on");
    List<ModelPod> pods = cluster.wanted();
    pods.forEach(server::append);
    pods.forEach(ModelPod::forgetSleep);
    int[] beats = pods.stream().mapToInt(pod -> pod.ledger().beats()).toArray();
    require(
        () -> pods.stream().allMatch(pod -> isUpToDate(pod) && pod.hasSlept()),
        "not all come to rest");
    require(
        () -> {
          for (int i = 0; i < beats.length; i++) {
            if (pods.get(i).ledger().beats() == beats[i]) {
              return false;
            }
          }
          return true;
        },
        "a timer was lost");
  }

  private void leavesNothingBehind() {
    cluster.deleteAll();
    require(() -> cluster.pods().isEmpty(), "not all pods end");
    for (Table table : Table.values()) {
      if (schedule.violation() == null && !stored.keys(table, new byte[0]).isEmpty()) {
        schedule.violated("deleted pods left something in " + table);
      }
    }
  }

  private boolean isUpToDate(ModelPod pod) {
    return pod.ledger().acknowledged() == pod.ledger().size();
  }

  private void require(BooleanSupplier condition, String otherwise) {
    if (schedule.violation() == null && !schedule.runUntil(condition, SETTLING)) {
      schedule.violated(otherwise + ": " + cluster.describe());
    }
  }
}
