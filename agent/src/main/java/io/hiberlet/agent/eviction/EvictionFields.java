package io.hiberlet.agent.eviction;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage.Resource;
import io.hiberlet.node.pod.PodPriority;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an eviction looks at in a pod, by the kubelet's rules. */
public final class EvictionFields {
  private EvictionFields() {}

  /** A pod and what it holds of a resource. */
  public static PodUsage usage(V1Pod pod, Resource resource, long usedBytes) {
    V1ObjectMeta meta = Objects.requireNonNull(pod.getMetadata());
    V1PodSpec spec = Objects.requireNonNull(pod.getSpec());
    return new PodUsage(
        new PodKey(meta.getNamespace(), meta.getName(), meta.getUid()),
        PodPriority.of(pod),
        PodPriority.isCritical(pod),
        requestedBytes(spec, resource.value()),
        usedBytes);
  }

  /** What the pod itself says (KEP-2837), or else what its containers need. */
  private static long requestedBytes(V1PodSpec spec, String resource) {
    return request(spec.getResources(), resource)
        .orElseGet(() -> requestedByContainers(spec, resource));
  }

  /** All that run together, or what one init container needs alone if that is more. */
  private static long requestedByContainers(V1PodSpec spec, String resource) {
    List<V1Container> init = Objects.requireNonNullElse(spec.getInitContainers(), List.of());
    long together =
        spec.getContainers().stream().mapToLong(each -> requestedBytes(each, resource)).sum()
            + init.stream()
                .filter(EvictionFields::isSidecar)
                .mapToLong(each -> requestedBytes(each, resource))
                .sum();
    long alone = init.stream().mapToLong(each -> requestedBytes(each, resource)).max().orElse(0);
    return Math.max(together, alone);
  }

  private static boolean isSidecar(V1Container initContainer) {
    return "Always".equals(initContainer.getRestartPolicy());
  }

  private static long requestedBytes(V1Container container, String resource) {
    return request(container.getResources(), resource).orElse(0L);
  }

  private static Optional<Long> request(
      @Nullable V1ResourceRequirements resources, String resource) {
    return Optional.ofNullable(resources)
        .map(V1ResourceRequirements::getRequests)
        .map(requests -> requests.get(resource))
        .map(Quantity::getNumber)
        .map(Number::longValue);
  }
}
