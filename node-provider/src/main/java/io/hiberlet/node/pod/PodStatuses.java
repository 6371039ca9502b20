package io.hiberlet.node.pod;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.client.Patches;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1EphemeralContainer;
import io.kubernetes.client.openapi.models.V1HostIP;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodIP;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns what a pod's handler reports into the status that the API keeps. Immutable. */
final class PodStatuses {
  /** The exit code of what was ended from outside (128 + SIGKILL), as every runtime gives it. */
  private static final int KILLED = 137;

  private final String ip;

  /**
   * @param ip of the node, which its pods share
   */
  PodStatuses(String ip) {
    this.ip = ip;
  }

  /**
   * The {@code status} of a strategic merge patch. The QoS class is not in it: the API server set
   * it when the pod was created.
   *
   * @param before the status as the API server has it
   */
  JsonObject patch(V1Pod pod, V1PodStatus before, PodReport report, Instant now) {
    String uid = pod.getMetadata().getUid();
    OffsetDateTime start =
        Objects.requireNonNullElse(before.getStartTime(), ContainerStatuses.time(now));
    JsonObject patch =
        Patches.json(
                new V1PodStatus()
                    .phase(report.phase().value())
                    .hostIP(ip)
                    .podIP(ip)
                    .startTime(start)
                    .containerStatuses(
                        isRejected(report)
                            ? List.of()
                            : ContainerStatuses.of(
                                uid, pod.getSpec().getContainers(), report.containers())))
            .getAsJsonObject();
    List<V1Container> init = pod.getSpec().getInitContainers();
    if (init != null && !init.isEmpty() && !isRejected(report)) {
      patch.add(
          "initContainerStatuses",
          Patches.json(ContainerStatuses.of(uid, init, report.containers())));
    }
    List<V1EphemeralContainer> ephemeral = pod.getSpec().getEphemeralContainers();
    if (ephemeral != null && !ephemeral.isEmpty()) {
      patch.add("ephemeralContainerStatuses", Patches.json(EphemeralContainers.refused(ephemeral)));
    }
    patch.addProperty("reason", report.reason());
    patch.addProperty("message", report.message());
    patch.add("podIPs", addresses(before.getPodIPs(), V1PodIP::getIp));
    patch.add("hostIPs", addresses(before.getHostIPs(), V1HostIP::getIp));
    patch.add("conditions", PodConditions.patch(pod, before, report, now));
    return patch;
  }

  /**
   * What is to be reported of a pod that is being deleted once nothing of it runs any more. Its
   * phase must be final before it goes, so that a Job or a budget counts it (Kubernetes 1.27).
   * Containers whose end nobody saw are given the kubelet's words for that.
   */
  static PodReport ended(V1Pod pod, @Nullable PodReport last, Instant now) {
    if (last != null && last.phase().isFinal()) {
      return last;
    }
    List<ContainerReport> known = last == null ? List.of() : last.containers();
    List<ContainerReport> containers =
        pod.getSpec().getContainers().stream()
            .map(container -> ended(container.getName(), known, pod.getStatus(), now))
            .toList();
    boolean success =
        containers.stream()
            .allMatch(c -> c.state() instanceof Terminated end && end.exitCode() == 0);
    return new PodReport(
        success ? Phase.SUCCEEDED : Phase.FAILED,
        last == null ? null : last.reason(),
        last == null ? null : last.message(),
        Stream.concat(initContainers(pod, known, now), containers.stream()).toList(),
        List.of());
  }

  /** As they stand; those that never came to run do not run now. */
  private static Stream<ContainerReport> initContainers(
      V1Pod pod, List<ContainerReport> known, Instant now) {
    List<V1Container> all =
        Objects.requireNonNullElse(pod.getSpec().getInitContainers(), List.of());
    return all.stream()
        .map(V1Container::getName)
        .map(
            name ->
                ContainerStatuses.find(name, known).state() instanceof Running
                    ? ended(name, known, pod.getStatus(), now)
                    : ContainerStatuses.find(name, known));
  }

  /**
   * Over before any container was thought of. As with the kubelet, such a pod has no container
   * statuses, so that kubectl shows its reason.
   */
  private static boolean isRejected(PodReport report) {
    return report.phase().isFinal() && report.containers().isEmpty();
  }

  /** Whether the API server has a phase that no pod leaves. */
  static boolean isFinal(V1Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return Phase.SUCCEEDED.value().equals(phase) || Phase.FAILED.value().equals(phase);
  }

  private static ContainerReport ended(
      String name, List<ContainerReport> known, @Nullable V1PodStatus before, Instant now) {
    ContainerReport last = ContainerStatuses.find(name, known);
    if (last.state() instanceof Terminated) {
      return last;
    }
    Optional<V1ContainerStatus> told = told(name, before);
    int restarts =
        Math.max(last.restarts(), told.map(V1ContainerStatus::getRestartCount).orElse(0));
    String imageId =
        last.imageId() != null
            ? last.imageId()
            : told.map(V1ContainerStatus::getImageID).orElse(null);
    var end =
        new Terminated(
            KILLED, "ContainerStatusUnknown", "ended because the pod was deleted", null, now);
    return new ContainerReport(name, end, false, false, restarts, imageId, last.lastTermination());
  }

  private static Optional<V1ContainerStatus> told(String name, @Nullable V1PodStatus before) {
    return before == null || before.getContainerStatuses() == null
        ? Optional.empty()
        : before.getContainerStatuses().stream()
            .filter(status -> name.equals(status.getName()))
            .findFirst();
  }

  /** Addresses are merged by their value, so those of an earlier life must be told to go. */
  private <T> JsonArray addresses(@Nullable List<T> before, Function<T, String> value) {
    JsonArray addresses = new JsonArray();
    List<T> old = Objects.requireNonNullElse(before, List.of());
    if (old.stream().anyMatch(address -> !ip.equals(value.apply(address)))) {
      addresses.add(property("$patch", "replace"));
    }
    addresses.add(property("ip", ip));
    return addresses;
  }

  private static JsonObject property(String name, String value) {
    JsonObject object = new JsonObject();
    object.addProperty(name, value);
    return object;
  }
}
