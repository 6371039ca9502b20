package io.hiberlet.node.pod;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.client.Patches;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import io.kubernetes.client.openapi.models.V1PodReadinessGate;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a pod: the standard ones, as the kubelet derives them, and the handler's. Those
 * that others write (readiness gates) are read and left alone.
 */
final class PodConditions {
  private static final String OWN_PREFIX = "hiberlet.io/";

  private PodConditions() {}

  /**
   * As elements of a strategic merge patch, which merges conditions by their type.
   *
   * @param before the status as the API server has it; conditions that stay keep its times
   */
  static JsonArray patch(V1Pod pod, V1PodStatus before, PodReport report, Instant now) {
    List<Condition> wanted = new ArrayList<>();
    wanted.add(new Condition("PodScheduled", true, null, null));
    wanted.add(initialized(pod, report));
    Condition containersReady = containersReady(pod, report);
    wanted.add(containersReady);
    wanted.add(ready(pod, before, containersReady));
    wanted.addAll(report.conditions());
    JsonArray patch = new JsonArray();
    wanted.forEach(condition -> patch.add(element(condition, before, now)));
    conditionsOf(before).stream()
        .map(V1PodCondition::getType)
        .filter(type -> type.startsWith(OWN_PREFIX))
        .filter(type -> wanted.stream().noneMatch(condition -> condition.type().equals(type)))
        .forEach(type -> patch.add(removal(type)));
    return patch;
  }

  private static Condition initialized(V1Pod pod, PodReport report) {
    String type = "Initialized";
    if (report.phase() == Phase.SUCCEEDED) {
      return new Condition(type, true, "PodCompleted", null);
    }
    List<V1Container> missing =
        initContainers(pod).stream()
            .filter(container -> !isInitialized(container, report))
            .toList();
    return missing.isEmpty() || isAnyStarted(pod.getSpec().getContainers(), report)
        ? new Condition(type, true, null, null)
        : new Condition(
            type,
            false,
            "ContainersNotInitialized",
            "containers with incomplete status: " + names(missing));
  }

  private static boolean isInitialized(V1Container container, PodReport report) {
    ContainerReport reported = ContainerStatuses.find(container.getName(), report.containers());
    return isSidecar(container)
        ? reported.started()
        : reported.state() instanceof Terminated end && end.exitCode() == 0;
  }

  /** Then the pod was initialized, whatever has become of its sidecars since. */
  private static boolean isAnyStarted(List<V1Container> containers, PodReport report) {
    return containers.stream()
        .map(container -> ContainerStatuses.find(container.getName(), report.containers()))
        .anyMatch(
            container ->
                !(container.state() instanceof Waiting) || container.lastTermination() != null);
  }

  private static Condition containersReady(V1Pod pod, PodReport report) {
    String type = "ContainersReady";
    if (report.phase().isFinal()) {
      String reason = report.phase() == Phase.SUCCEEDED ? "PodCompleted" : "PodFailed";
      return new Condition(type, false, reason, null);
    }
    List<V1Container> unready =
        Stream.concat(
                initContainers(pod).stream().filter(PodConditions::isSidecar),
                pod.getSpec().getContainers().stream())
            .filter(each -> !ContainerStatuses.find(each.getName(), report.containers()).ready())
            .toList();
    return unready.isEmpty()
        ? new Condition(type, true, null, null)
        : new Condition(
            type, false, "ContainersNotReady", "containers with unready status: " + names(unready));
  }

  private static Condition ready(V1Pod pod, V1PodStatus before, Condition containersReady) {
    if (!containersReady.status()) {
      return new Condition("Ready", false, containersReady.reason(), containersReady.message());
    }
    List<V1PodReadinessGate> gates =
        Objects.requireNonNullElse(pod.getSpec().getReadinessGates(), List.of());
    String closed =
        gates.stream()
            .map(V1PodReadinessGate::getConditionType)
            .map(type -> whyClosed(type, statusOf(type, before)))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return closed.isEmpty()
        ? new Condition("Ready", true, null, null)
        : new Condition("Ready", false, "ReadinessGatesNotReady", closed);
  }

  /** Empty when it is open; else in the kubelet's words. */
  private static Optional<String> whyClosed(String gate, @Nullable String status) {
    if (status == null) {
      return Optional.of(
          "corresponding condition of pod readiness gate \"%s\" does not exist.".formatted(gate));
    }
    return status.equals("True")
        ? Optional.empty()
        : Optional.of(
            "the status of pod readiness gate \"%s\" is not \"True\", but %s"
                .formatted(gate, status));
  }

  private static JsonObject element(Condition condition, V1PodStatus before, Instant now) {
    String status = condition.status() ? "True" : "False";
    var since =
        conditionsOf(before).stream()
            .filter(old -> old.getType().equals(condition.type()))
            .filter(old -> status.equals(old.getStatus()))
            .map(V1PodCondition::getLastTransitionTime)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(ContainerStatuses.time(now));
    JsonObject element =
        Patches.json(
                new V1PodCondition()
                    .type(condition.type())
                    .status(status)
                    .lastTransitionTime(since))
            .getAsJsonObject();
    element.addProperty("reason", condition.reason());
    element.addProperty("message", condition.message());
    return element;
  }

  private static JsonObject removal(String type) {
    JsonObject removal = new JsonObject();
    removal.addProperty("$patch", "delete");
    removal.addProperty("type", type);
    return removal;
  }

  private static @Nullable String statusOf(String type, V1PodStatus status) {
    return conditionsOf(status).stream()
        .filter(condition -> condition.getType().equals(type))
        .map(V1PodCondition::getStatus)
        .findFirst()
        .orElse(null);
  }

  private static List<V1PodCondition> conditionsOf(V1PodStatus status) {
    return Objects.requireNonNullElse(status.getConditions(), List.of());
  }

  private static List<V1Container> initContainers(V1Pod pod) {
    return Objects.requireNonNullElse(pod.getSpec().getInitContainers(), List.of());
  }

  /** A restartable init container (KEP-753). */
  private static boolean isSidecar(V1Container initContainer) {
    return "Always".equals(initContainer.getRestartPolicy());
  }

  /** As Go prints a list. */
  private static String names(List<V1Container> containers) {
    return containers.stream().map(V1Container::getName).collect(Collectors.joining(" ", "[", "]"));
  }
}
