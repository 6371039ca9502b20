package io.hiberlet.agent.admission;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1ResourceFieldSelector;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The limits and requests of containers as their own configuration may have them, by the kubelet's
 * rules ({@code pkg/api/v1/resource}): divided and rounded up; a limit that is not set is what the
 * node has for pods.
 */
final class ResourceFields {
  private static final String LIMITS = "limits.";
  private static final String REQUESTS = "requests.";
  private static final int MILLI_DIGITS = 3;

  private final V1Pod pod;
  private final NodeFacts node;

  ResourceFields(V1Pod pod, NodeFacts node) {
    this.pod = pod;
    this.node = node;
  }

  /** The value of a field; empty when there is no such container or resource. */
  Optional<String> value(V1Container own, V1ResourceFieldSelector field) {
    String path = field.getResource();
    boolean limit = path.startsWith(LIMITS);
    if (!limit && !path.startsWith(REQUESTS)) {
      return Optional.empty();
    }
    String resource = path.substring(path.indexOf('.') + 1);
    int digits = resource.equals("cpu") ? MILLI_DIGITS : 0;
    return switch (resource) {
      case "cpu", "memory", "ephemeral-storage" ->
          container(own, field.getContainerName())
              .map(of -> amount(of, resource, limit))
              .map(amount -> divided(amount, field.getDivisor(), digits));
      default -> Optional.empty();
    };
  }

  private Optional<V1Container> container(V1Container own, @Nullable String name) {
    if (name == null || name.isEmpty()) {
      return Optional.of(own);
    }
    V1PodSpec spec = Objects.requireNonNull(pod.getSpec());
    List<V1Container> init = Optional.ofNullable(spec.getInitContainers()).orElseGet(List::of);
    return Stream.concat(spec.getContainers().stream(), init.stream())
        .filter(container -> container.getName().equals(name))
        .findFirst();
  }

  private BigDecimal amount(V1Container container, String resource, boolean limit) {
    BigDecimal set = amount(container.getResources(), resource, limit);
    if (!limit || set.signum() != 0) {
      return set;
    }
    BigDecimal ofPod = amount(pod.getSpec().getResources(), resource, true);
    if (ofPod.signum() != 0) {
      return ofPod;
    }
    return switch (resource) {
      case "cpu" -> BigDecimal.valueOf(node.cpuMillis(), MILLI_DIGITS);
      case "memory" -> BigDecimal.valueOf(node.memoryBytes());
      default -> BigDecimal.ZERO; // the node says nothing of it
    };
  }

  private static BigDecimal amount(
      @Nullable V1ResourceRequirements resources, String resource, boolean limit) {
    Map<String, Quantity> amounts =
        resources == null ? null : limit ? resources.getLimits() : resources.getRequests();
    Quantity amount = amounts == null ? null : amounts.get(resource);
    return amount == null ? BigDecimal.ZERO : amount.getNumber();
  }

  /** Both are first rounded up to what is counted of the resource: thousandths of CPUs, bytes. */
  private static String divided(BigDecimal amount, @Nullable Quantity divisor, int digits) {
    BigDecimal given = divisor == null ? BigDecimal.ZERO : divisor.getNumber();
    BigDecimal by = given.signum() == 0 ? BigDecimal.ONE : given;
    return amount
        .setScale(digits, RoundingMode.CEILING)
        .divide(by.setScale(digits, RoundingMode.CEILING), 0, RoundingMode.CEILING)
        .toPlainString();
  }
}
