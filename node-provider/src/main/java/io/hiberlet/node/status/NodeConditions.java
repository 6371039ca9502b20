package io.hiberlet.node.status;

import io.kubernetes.client.openapi.models.V1NodeCondition;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The four conditions that every node reports. The thresholds are the kubelet's defaults for hard
 * eviction (memory 100 MiB, disk 10 %). Thread-safe.
 */
public final class NodeConditions {
  private static final long LEAST_MEMORY_BYTES = 100L << 20;
  private static final double LEAST_FREE = 0.1;

  private final MachineInfo machine;
  private final Supplier<Optional<String>> obstacle;

  /**
   * @param obstacle why the node cannot run pods at present; empty when it can
   */
  public NodeConditions(MachineInfo machine, Supplier<Optional<String>> obstacle) {
    this.machine = machine;
    this.obstacle = obstacle;
  }

  /**
   * The conditions now.
   *
   * @param previous as the API server has them; a status that has not changed keeps its transition
   *     time
   */
  List<V1NodeCondition> at(OffsetDateTime now, List<V1NodeCondition> previous) {
    List<V1NodeCondition> conditions = List.of(memory(), disk(), pid(), ready());
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

  private V1NodeCondition ready() {
    return obstacle
        .get()
        .map(problem -> condition("Ready", "False", "KubeletNotReady", problem))
        .orElseGet(() -> condition("Ready", "True", "KubeletReady", "hiberlet takes pods"));
  }

  private V1NodeCondition memory() {
    OptionalLong available = machine.memoryAvailableBytes();
    return pressure(
        "MemoryPressure",
        available.isPresent(),
        available.orElse(0) < LEAST_MEMORY_BYTES,
        "SufficientMemory",
        "InsufficientMemory");
  }

  private V1NodeCondition disk() {
    return part(machine.diskAvailable(), "DiskPressure", "NoDiskPressure", "DiskPressure");
  }

  private V1NodeCondition pid() {
    return part(machine.threadsAvailable(), "PIDPressure", "SufficientPID", "InsufficientPID");
  }

  private static V1NodeCondition part(
      OptionalDouble available, String type, String reasonWell, String reasonBad) {
    return pressure(
        type, available.isPresent(), available.orElse(0) < LEAST_FREE, reasonWell, reasonBad);
  }

  private static V1NodeCondition pressure(
      String type, boolean known, boolean tooLittle, String reasonWell, String reasonBad) {
    if (!known) {
      return condition(type, "Unknown", "NotMeasurable", "this machine does not tell");
    }
    return tooLittle
        ? condition(type, "True", reasonBad, "less is left than the node needs")
        : condition(type, "False", reasonWell, "enough is left");
  }

  private static V1NodeCondition condition(
      String type, String status, String reason, String message) {
    return new V1NodeCondition().type(type).status(status).reason(reason).message(message);
  }
}
