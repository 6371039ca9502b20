package io.hiberlet.agent.eviction;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage.Resource;
import io.hiberlet.node.pod.PodPriority;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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

  /** All that run together, or what one init container needs alone if that is more. */
  private static long requestedBytes(V1PodSpec spec, String resource) {
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
    return Optional.ofNullable(container.getResources())
        .map(resources -> resources.getRequests())
        .map(requests -> requests.get(resource))
        .map(Quantity::getNumber)
        .map(Number::longValue)
        .orElse(0L);
  }
}
