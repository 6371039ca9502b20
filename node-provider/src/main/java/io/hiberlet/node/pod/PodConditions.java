package io.hiberlet.node.pod;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Terminated;
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
    if (report.phase() == Phase.SUCCEEDED) {
      return new Condition("Initialized", true, "PodCompleted", null);
    }
    List<String> missing =
        names(initContainers(pod)).stream()
            .filter(name -> !completed(ContainerStatuses.find(name, report.containers())))
            .toList();
    return missing.isEmpty()
        ? new Condition("Initialized", true, null, null)
        : new Condition(
            "Initialized",
            false,
            "ContainersNotInitialized",
            "containers with incomplete status: " + missing);
  }

  private static Condition containersReady(V1Pod pod, PodReport report) {
    String type = "ContainersReady";
    if (report.phase().isFinal()) {
      String reason = report.phase() == Phase.SUCCEEDED ? "PodCompleted" : "PodFailed";
      return new Condition(type, false, reason, null);
    }
    List<String> unready =
        names(pod.getSpec().getContainers()).stream()
            .filter(name -> !ContainerStatuses.find(name, report.containers()).ready())
            .toList();
    return unready.isEmpty()
        ? new Condition(type, true, null, null)
        : new Condition(
            type, false, "ContainersNotReady", "containers with unready status: " + unready);
  }

  private static Condition ready(V1Pod pod, V1PodStatus before, Condition containersReady) {
    if (!containersReady.status()) {
      return new Condition("Ready", false, containersReady.reason(), containersReady.message());
    }
    List<V1PodReadinessGate> gates =
        Objects.requireNonNullElse(pod.getSpec().getReadinessGates(), List.of());
    List<String> closed =
        gates.stream()
            .map(V1PodReadinessGate::getConditionType)
            .filter(type -> !"True".equals(statusOf(type, before)))
            .toList();
    return closed.isEmpty()
        ? new Condition("Ready", true, null, null)
        : new Condition(
            "Ready", false, "ReadinessGatesNotReady", "readiness gates not \"True\": " + closed);
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

  private static boolean completed(ContainerReport report) {
    return report.state() instanceof Terminated end && end.exitCode() == 0;
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

  private static List<String> names(List<V1Container> containers) {
    return containers.stream().map(V1Container::getName).toList();
  }
}
