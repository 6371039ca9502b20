package io.hiberlet.agent.simulation;

import io.hiberlet.snapshot.FaultySnapshotStore;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** Work for the controllers, and everything that goes wrong meanwhile. */
final class Trouble {
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofMillis(20),
          Duration.ofMillis(500),
          Duration.ofSeconds(3),
          Duration.ofSeconds(40));

  private final Schedule schedule;
  private final Schedule.Lane lane;
  private final SplittableRandom random;
  private final ModelServer server;
  private final FaultySnapshotStore disk;
  private final ModelCluster cluster;
  private final List<Runnable> kinds = new ArrayList<>();
  private int left;

  Trouble(
      Schedule schedule,
      SplittableRandom random,
      ModelServer server,
      FaultySnapshotStore disk,
      ModelCluster cluster) {
    this.schedule = schedule;
    this.lane = schedule.worldLane();
    this.random = random;
    this.server = server;
    this.disk = disk;
    this.cluster = cluster;
  }

  /**
   * Begins. Each run knows only some kinds of trouble, so that each kind has runs in which nothing
   * else hides it.
   *
   * @return whether it is over
   */
  BooleanSupplier cause(int actions) {
    left = actions;
    for (Runnable kind :
        List.<Runnable>of(
            server::bookmark,
            server::cut,
            server::compact,
            this::badDay,
            this::brokenDisk,
            this::fullDisk,
            this::corruptDisk,
            this::uncertainDisk,
            this::crash,
            this::suspend,
            this::recreate,
            this::slowWake)) {
      if (random.nextBoolean()) {
        kinds.add(kind);
      }
    }
    next();
    return () -> left == 0;
  }

  private void next() {
    Duration longest = PAUSES.get(random.nextInt(PAUSES.size()));
    lane.later(Duration.ofMillis(random.nextLong(longest.toMillis())), this::act);
  }

  private void act() {
    if (kinds.isEmpty() || random.nextBoolean()) {
      events();
    } else {
      kinds.get(random.nextInt(kinds.size())).run();
    }
    if (--left > 0) {
      next();
    }
  }

  private void events() {
    List<ModelPod> pods = cluster.pods();
    for (int i = random.nextInt(4); i >= 0; i--) {
      server.append(pods.get(random.nextInt(pods.size())));
    }
  }

  private void badDay() {
    server.setTrouble(random.nextBoolean() ? 0 : random.nextDouble() * 0.7);
  }

  private void brokenDisk() {
    set(new Faults(0, random.nextDouble() * 0.5, random.nextDouble() * 0.2, 0));
  }

  private void fullDisk() {
    set(new Faults(1, 0, 0, 0));
  }

  private void corruptDisk() {
    set(new Faults(0, 0, 0, random.nextDouble() * 0.1, 0, 0, random.nextDouble() * 0.1, 0));
  }

  private void uncertainDisk() {
    set(new Faults(0, 0, 0, 0, random.nextDouble() * 0.5, 0, 0, 0));
  }

  private void set(Faults faults) {
    Faults now = random.nextInt(3) == 0 ? faults : Faults.NONE;
    schedule.note(() -> "the disk: " + now);
    disk.setFaults(now);
  }

  private void crash() {
    if (cluster.isUp()) {
      cluster.running().endAfter(random.nextInt(60));
    }
  }

  private void suspend() {
    if (cluster.isUp()) {
      cluster.suspendAgent();
    }
  }

  private void recreate() {
    List<ModelPod> pods = cluster.pods();
    ModelPod pod = pods.get(random.nextInt(pods.size()));
    cluster.delete(pod, Duration.ofSeconds(random.nextInt(3) * 5L));
  }

  private void slowWake() {
    if (cluster.isUp()) {
      cluster.running().slowWakeAfter(random.nextInt(10));
    }
  }
}
