package io.hiberlet.node.pod;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The quality of service that a pod may expect, as far as its node must know. */
final class PodQuality {
  private static final Set<String> COMPUTE = Set.of("cpu", "memory");

  private PodQuality() {}

  /** As the API server has put it down, or by its rules: whether it asks for no cpu and memory. */
  static boolean isBestEffort(V1Pod pod) {
    return Optional.ofNullable(pod.getStatus())
        .map(status -> status.getQosClass())
        .map("BestEffort"::equals)
        .orElseGet(() -> containers(pod.getSpec()).noneMatch(PodQuality::asksForSomething));
  }

  private static Stream<V1Container> containers(V1PodSpec spec) {
    List<V1Container> init = Objects.requireNonNullElse(spec.getInitContainers(), List.of());
    return Stream.concat(init.stream(), spec.getContainers().stream());
  }

  private static boolean asksForSomething(V1Container container) {
    V1ResourceRequirements resources = container.getResources();
    return resources != null && (isSome(resources.getRequests()) || isSome(resources.getLimits()));
  }

  private static boolean isSome(@Nullable Map<String, Quantity> quantities) {
    return quantities != null
        && quantities.entrySet().stream()
            .anyMatch(
                each ->
                    COMPUTE.contains(each.getKey()) && each.getValue().getNumber().signum() > 0);
  }
}
