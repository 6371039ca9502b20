package io.hiberlet.agent.simulation;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The pods that are to run, and the processes of the agent that run them, one after the other. */
final class ModelCluster implements ProcessDisk.Observer {
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final long BEAT_MILLIS = 45_000;
  private static final List<String> IDLE_AFTER = List.of("0ms", "50ms", "1s", "10s");

  /** Room for all residents, for two at a time, for one. */
  private static final List<Long> RESIDENT_BYTES = List.of(Long.MAX_VALUE, 512L << 10, 1L);

  /** Endings that no fault explains. */
  private static final Set<String> NEVER = Set.of("Trapped", "HostError", "ModuleError");

  private final Schedule schedule;
  private final Schedule.Lane lane;
  private final SplittableRandom random;
  private final ModelServer server;
  private final SnapshotStore disk;
  private final SnapshotStore stored;
  private final GuestModule module;
  private final long residentBytes;
  private final Map<String, ModelPod> pods = new LinkedHashMap<>();
  private @Nullable AgentProcess process;
  private boolean stopping;
  private boolean calm;
  private int created;

  /**
   * @param disk what processes get
   * @param stored the same without faults
   */
  ModelCluster(
      Schedule schedule,
      SplittableRandom random,
      ModelServer server,
      SnapshotStore disk,
      SnapshotStore stored,
      GuestModule module) {
    this.schedule = schedule;
    this.lane = schedule.worldLane();
    this.random = random;
    this.server = server;
    this.disk = disk;
    this.stored = stored;
    this.module = module;
    this.residentBytes = RESIDENT_BYTES.get(random.nextInt(RESIDENT_BYTES.size()));
  }

  /** Whether nobody ever waits for another to leave memory. */
  boolean hasRoomForAll() {
    return residentBytes == Long.MAX_VALUE;
  }

  void begin(int count) {
    for (int i = 0; i < count; i++) {
      create("controller-" + i);
    }
    startAgent();
  }

  /** Those that run or are still to end. */
  List<ModelPod> pods() {
    return List.copyOf(pods.values());
  }

  /** Those that are to run. */
  List<ModelPod> wanted() {
    return pods.values().stream().filter(pod -> !pod.isDeleted()).toList();
  }

  boolean isUp() {
    return process != null && !process.isOver() && !stopping;
  }

  /** From now on no process ends. */
  void calm() {
    calm = true;
    if (process != null) {
      process.endAfter(-1);
      process.slowWakeAfter(-1);
    }
  }

  void create(String name) {
    int id = ++created;
    Ledger ledger = new Ledger(id, server.version(), BEAT_MILLIS);
    String idleAfter = IDLE_AFTER.get(random.nextInt(IDLE_AFTER.size()));
    ModelPod pod = new ModelPod(new PodKey("simulation", name, "uid-" + id), ledger, idleAfter);
    pods.put(pod.key().uid(), pod);
    server.admit(pod);
    if (isUp()) {
      sync(running(), pod);
    }
  }

  void delete(ModelPod pod, Duration grace) {
    if (!pod.isDeleted()) {
      schedule.note(() -> pod + " is deleted");
      pod.delete();
    }
    if (isUp()) {
      terminate(running(), pod, grace);
    }
  }

  void deleteAll() {
    pods().forEach(pod -> delete(pod, Duration.ofSeconds(random.nextInt(2) * 5L)));
  }

  // Processes.

  AgentProcess running() {
    return Objects.requireNonNull(process);
  }

  private void startAgent() {
    schedule.note(() -> "a process starts");
    AgentProcess started =
        new AgentProcess(
            schedule,
            random.split(),
            residentBytes,
            module,
            disk,
            this,
            server,
            key -> Objects.requireNonNull(pods.get(key.uid())),
            this::processEnded);
    process = started;
    stopping = false;
    pods().forEach(pod -> takeOn(started, pod));
  }

  private void processEnded() {
    pods().forEach(ModelPod::abandoned);
    lane.later(Duration.ofMillis(random.nextInt(20_000)), this::startAgent);
  }

  private void takeOn(AgentProcess by, ModelPod pod) {
    if (pod.isDeleted()) {
      terminate(by, pod, Duration.ZERO);
    } else {
      sync(by, pod);
    }
  }

  private void sync(AgentProcess by, ModelPod pod) {
    by.node()
        .execute(
            () -> {
              if (pod.isDeleted()) {
                return;
              }
              try {
                by.agent().sync(pod.pod(), new Reporter(by, pod));
              } catch (StoreException e) {
                schedule.note(() -> pod + " cannot be taken on: " + e.getMessage());
                by.node().later(RETRY, () -> sync(by, pod));
              }
            });
  }

  private void terminate(AgentProcess by, ModelPod pod, Duration grace) {
    by.node()
        .execute(
            () ->
                by.agent()
                    .terminate(pod.key(), grace)
                    .whenCompleteAsync(
                        (ended, failure) -> {
                          if (failure == null) {
                            gone(pod);
                          } else {
                            schedule.note(() -> pod + " cannot be ended: " + failure);
                            by.node().later(RETRY, () -> terminate(by, pod, Duration.ZERO));
                          }
                        },
                        by.node()));
  }

  private void gone(ModelPod pod) {
    if (pods.remove(pod.key().uid()) == null) {
      return;
    }
    schedule.note(() -> pod + " is gone");
    byte[] prefix = pod.key().uid().getBytes(StandardCharsets.US_ASCII);
    for (Table table : Table.values()) {
      for (byte[] key : stored.keys(table, prefix)) {
        if (ProcessDisk.uid(new String(key, StandardCharsets.US_ASCII)).equals(pod.key().uid())) {
          schedule.violated(pod + " is gone and left something in " + table);
        }
      }
    }
    if (!calm) {
      create(pod.key().name());
    }
  }

  /** Everything is written down and the process ends. */
  void suspendAgent() {
    AgentProcess suspended = running();
    stopping = true;
    schedule.note(() -> "the agent is stopped");
    suspended
        .agent()
        .suspendAll()
        .whenCompleteAsync((done, failure) -> suspended.end(), suspended.node());
  }

  // What the agent says.

  @Override
  public void foundCorrupt(String podUid) {
    ModelPod pod = pods.get(podUid);
    if (pod != null) {
      pod.hasReasonToStartOver();
    }
  }

  @Override
  public void givesUp(String prefix) {
    ModelPod pod = pods.get(ProcessDisk.uid(prefix));
    boolean there =
        !stored.keys(Table.SNAPSHOTS, prefix.getBytes(StandardCharsets.US_ASCII)).isEmpty();
    if (pod != null && there && !pod.mayStartOver()) {
      schedule.violated("a good snapshot of " + pod + " is given up");
    }
  }

  private void heard(ModelPod pod, String reason, String message) {
    schedule.note(() -> pod + " says " + reason + ": " + message);
    if (NEVER.contains(reason)) {
      schedule.violated(pod + " " + reason + ": " + message);
    }
    switch (reason) {
      case "SnapshotCorrupt" -> {
        if (!pod.mayStartOver()) {
          schedule.violated(pod + " has a corrupt snapshot on a good disk: " + message);
        }
        pod.isExplained();
      }
      case "WakeTimeout" -> {
        if (message.contains("last snapshot")) {
          pod.hasReasonToList();
        } else {
          pod.hasReasonToStartOver();
          pod.isExplained();
        }
      }
      case "Started" -> {
        if (!pod.startsOver()) {
          schedule.violated(pod + " starts over and nobody says why");
        }
      }
      default -> {}
    }
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    pods()
        .forEach(
            pod ->
                text.append(
                    "%n  %s acknowledged %d of %d, %s, %s"
                        .formatted(
                            pod,
                            pod.ledger().acknowledged(),
                            pod.ledger().size(),
                            pod.isRunning() ? "running" : "not running",
                            pod.hasSlept() ? "has slept" : "has not slept")));
    return text.toString();
  }

  private final class Reporter implements PodReporter {
    private final AgentProcess by;
    private final ModelPod pod;

    Reporter(AgentProcess by, ModelPod pod) {
      this.by = by;
      this.pod = pod;
    }

    @Override
    public void report(PodReport report) {
      if (!by.isOver()) {
        pod.reported(report);
      }
    }

    @Override
    public void event(EventType type, String reason, String message) {
      if (!by.isOver()) {
        heard(pod, reason, message);
      }
    }
  }
}
