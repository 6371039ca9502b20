package io.hiberlet.node.pod;

import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Toleration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the node takes pods that it does not have yet, by the kubelet's rules ({@code Admit} of
 * its eviction manager and of its shutdown manager). Thread-safe.
 */
public final class NewPods {
  private static final String MEMORY_PRESSURE = "MemoryPressure";
  private static final String MEMORY_PRESSURE_TAINT = "node.kubernetes.io/memory-pressure";

  private final Supplier<List<String>> pressures;
  private volatile boolean shuttingDown;

  /**
   * Why a pod is not taken.
   *
   * @param reason the kubelet's word for it
   */
  record Refusal(String reason, String message) {
    /** The end of the pod. */
    PodReport report() {
      return new PodReport(
          Phase.FAILED, reason, "Pod was rejected: " + message, List.of(), List.of());
    }
  }

  /**
   * @param pressures the conditions of the node that tell that something is short, as they are at
   *     the moment of the call
   */
  public NewPods(Supplier<List<String>> pressures) {
    this.pressures = pressures;
  }

  /** From now on none is taken. */
  public void refuseAll() {
    shuttingDown = true;
  }

  Optional<Refusal> refusal(V1Pod pod) {
    if (shuttingDown) {
      return Optional.of(
          new Refusal("NodeShutdown", "Pod was rejected as the node is shutting down."));
    }
    List<String> present = pressures.get();
    if (present.isEmpty() || PodPriority.isCritical(pod)) {
      return Optional.empty();
    }
    if (present.equals(List.of(MEMORY_PRESSURE))
        && (!PodQuality.isBestEffort(pod) || toleratesMemoryPressure(pod))) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            "Evicted", "The node had condition: [%s].".formatted(String.join(" ", present))));
  }

  private static boolean toleratesMemoryPressure(V1Pod pod) {
    List<V1Toleration> tolerations =
        Objects.requireNonNullElse(pod.getSpec().getTolerations(), List.of());
    return tolerations.stream().anyMatch(NewPods::isOfMemoryPressure);
  }

  /** The taint has no value, and the effect NoSchedule. */
  private static boolean isOfMemoryPressure(V1Toleration toleration) {
    String key = Objects.requireNonNullElse(toleration.getKey(), "");
    String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
    boolean exists = "Exists".equals(toleration.getOperator());
    boolean keyMatches = key.isEmpty() ? exists : key.equals(MEMORY_PRESSURE_TAINT);
    boolean valueMatches =
        exists || Objects.requireNonNullElse(toleration.getValue(), "").isEmpty();
    return keyMatches && valueMatches && (effect.isEmpty() || effect.equals("NoSchedule"));
  }
}
