package io.hiberlet.node.status;

import io.hiberlet.node.EvictionThresholds;
import io.kubernetes.client.openapi.models.V1NodeCondition;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The four conditions that every node reports. A pressure stays for five minutes after it was last
 * seen (the kubelet's {@code evictionPressureTransitionPeriod}), so that pods are not sent to and
 * fro. Belongs to the thread that keeps the status, but for {@link #pressures}.
 */
public final class NodeConditions {
  private static final Duration TRANSITION_PERIOD = Duration.ofMinutes(5);

  private final Map<String, OffsetDateTime> lastSeen = new HashMap<>();
  private final MachineInfo machine;
  private final EvictionThresholds thresholds;
  private final Supplier<Optional<String>> obstacle;
  private volatile List<String> pressures = List.of();

  /**
   * @param thresholds below which there is a pressure
   * @param obstacle why the node cannot run pods at present; empty when it can
   */
  public NodeConditions(
      MachineInfo machine, EvictionThresholds thresholds, Supplier<Optional<String>> obstacle) {
    this.machine = machine;
    this.thresholds = thresholds;
    this.obstacle = obstacle;
  }

  /**
   * The conditions now.
   *
   * @param previous as the API server has them; a status that has not changed keeps its transition
   *     time
   */
  List<V1NodeCondition> at(OffsetDateTime now, List<V1NodeCondition> previous) {
    List<V1NodeCondition> all = List.of(memory(now), disk(now), pid(now));
    pressures = all.stream().filter(NodeConditions::isTrue).map(V1NodeCondition::getType).toList();
    List<V1NodeCondition> conditions = Stream.concat(all.stream(), Stream.of(ready())).toList();
    for (V1NodeCondition condition : conditions) {
      condition.setLastHeartbeatTime(now);
      condition.setLastTransitionTime(
          previous.stream()
              .filter(before -> before.getType().equals(condition.getType()))
              .filter(before -> before.getStatus().equals(condition.getStatus()))
              .map(V1NodeCondition::getLastTransitionTime)
              .findFirst()
              .orElse(now));
    }
    return conditions;
  }

  /** The pressures that there are, by their names, as they were last told. For any thread. */
  public List<String> pressures() {
    return pressures;
  }

  private static boolean isTrue(V1NodeCondition condition) {
    return condition.getStatus().equals("True");
  }

  private V1NodeCondition ready() {
    return obstacle
        .get()
        .map(problem -> condition("Ready", "False", "KubeletNotReady", problem))
        .orElseGet(() -> condition("Ready", "True", "KubeletReady", "hiberlet takes pods"));
  }

  private V1NodeCondition memory(OffsetDateTime now) {
    return pressure(
        now,
        "MemoryPressure",
        machine.memory().map(level -> level.isBelow(thresholds.memory())),
        "SufficientMemory",
        "InsufficientMemory");
  }

  private V1NodeCondition disk(OffsetDateTime now) {
    return pressure(
        now,
        "DiskPressure",
        machine.disk().map(level -> level.isBelow(thresholds.disk())),
        "NoDiskPressure",
        "DiskPressure");
  }

  private V1NodeCondition pid(OffsetDateTime now) {
    return pressure(
        now,
        "PIDPressure",
        machine.threads().map(level -> level.isBelow(thresholds.threads())),
        "SufficientPID",
        "InsufficientPID");
  }

  /**
   * @param isShort empty when nobody can tell
   */
  private V1NodeCondition pressure(
      OffsetDateTime now,
      String type,
      Optional<Boolean> isShort,
      String reasonWell,
      String reasonBad) {
    if (isShort.isEmpty()) {
      return condition(type, "Unknown", "NotMeasurable", "this machine does not tell");
    }
    if (isShort.get()) {
      lastSeen.put(type, now);
      return condition(type, "True", reasonBad, "less is left than the node needs");
    }
    return isRecent(type, now)
        ? condition(type, "True", reasonBad, "less was left than the node needs until lately")
        : condition(type, "False", reasonWell, "enough is left");
  }

  /** A clock that was set back must not keep a pressure for longer. */
  private boolean isRecent(String type, OffsetDateTime now) {
    OffsetDateTime seen = lastSeen.get(type);
    return seen != null && Duration.between(seen, now).abs().compareTo(TRANSITION_PERIOD) < 0;
  }

  private static V1NodeCondition condition(
      String type, String status, String reason, String message) {
    return new V1NodeCondition().type(type).status(status).reason(reason).message(message);
  }
}
