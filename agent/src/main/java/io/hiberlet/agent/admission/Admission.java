package io.hiberlet.agent.admission;

import io.hiberlet.agent.config.Quantities;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.pod.PodPriority;
import io.hiberlet.node.staticpod.StaticPodAnnotations;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a pod can run here, before anything is fetched for it. What this node cannot do
 * is refused with a sentence that says so; nothing that a pod asks for is silently left out.
 */
public final class Admission {
  static final String UNSUPPORTED = "Unsupported";

  /** The API server's default of {@code terminationGracePeriodSeconds}. */
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

  private final NodeFacts node;
  private final long defaultMemoryBytes;
  private final Duration defaultIdleAfter;

  public Admission(NodeFacts node, long defaultMemoryBytes, Duration defaultIdleAfter) {
    this.node = node;
    this.defaultMemoryBytes = defaultMemoryBytes;
    this.defaultIdleAfter = defaultIdleAfter;
  }

  /**
   * Reads a pod.
   *
   * @throws RefusedException when it cannot run on this node
   */
  public PodSpec admit(V1Pod pod) throws RefusedException {
    V1ObjectMeta meta = Objects.requireNonNull(pod.getMetadata(), "pod without metadata");
    V1PodSpec spec = Objects.requireNonNull(pod.getSpec(), "pod without spec");
    Map<String, String> annotations = Optional.ofNullable(meta.getAnnotations()).orElseGet(Map::of);
    requireController(annotations);
    requireSupported(spec);
    requireReadable(pod, annotations);
    PodKey key = new PodKey(meta.getNamespace(), meta.getName(), meta.getUid());
    ContainerReader containers =
        new ContainerReader(
            pod,
            annotations,
            node,
            defaultMemoryBytes,
            duration(annotations, Annotations.IDLE_AFTER, defaultIdleAfter),
            duration(annotations, Annotations.TIMER_SLACK, Duration.ZERO));
    return new PodSpec(
        key,
        priority(pod),
        serviceAccount(pod),
        terminationGrace(spec),
        activeDeadline(spec),
        containers.all());
  }

  private static void requireController(Map<String, String> annotations) throws RefusedException {
    String abi = annotations.get(Annotations.CONTROLLER);
    if (abi == null) {
      throw new RefusedException(
          "NotAController",
          "this node runs Wasm controllers only: the pod needs the annotation "
              + Annotations.CONTROLLER
              + ": "
              + Annotations.CONTROLLER_V1);
    }
    if (!abi.equals(Annotations.CONTROLLER_V1)) {
      throw new RefusedException(
          "UnknownControllerABI",
          "the annotation %s is \"%s\"; this node knows %s"
              .formatted(Annotations.CONTROLLER, abi, Annotations.CONTROLLER_V1));
    }
  }

  private static void requireSupported(V1PodSpec spec) throws RefusedException {
    if (Boolean.TRUE.equals(spec.getHostNetwork())
        || Boolean.TRUE.equals(spec.getHostPID())
        || Boolean.TRUE.equals(spec.getHostIPC())) {
      throw new RefusedException(
          UNSUPPORTED, "a Wasm controller has no host namespaces: hostNetwork, hostPID, hostIPC");
    }
    for (V1Container container : spec.getContainers()) {
      requireNoHooks(container);
    }
    for (V1Container container :
        Optional.ofNullable(spec.getInitContainers()).orElseGet(List::of)) {
      requireNoHooks(container);
    }
  }

  private static void requireNoHooks(V1Container container) throws RefusedException {
    if (container.getLifecycle() != null) {
      throw new RefusedException(
          UNSUPPORTED,
          "container %s: lifecycle hooks are not supported".formatted(container.getName()));
    }
  }

  /** A node may read the ConfigMaps of its pods, but its static pods count for nothing there. */
  private static void requireReadable(V1Pod pod, Map<String, String> annotations)
      throws RefusedException {
    boolean fromConfigMap =
        annotations.entrySet().stream()
            .filter(
                each ->
                    each.getKey().equals(Annotations.MODULE)
                        || each.getKey().startsWith(Annotations.MODULE_OF))
            .anyMatch(each -> each.getValue().startsWith(Annotations.CONFIG_MAP_MODULE));
    if (fromConfigMap && StaticPodAnnotations.isStatic(pod)) {
      throw new RefusedException(
          UNSUPPORTED,
          "a static pod's module comes from an image or a file: static pods may not reference"
              + " configmaps");
    }
  }

  private static Duration duration(Map<String, String> annotations, String name, Duration otherwise)
      throws RefusedException {
    String value = annotations.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Quantities.duration(value);
    } catch (IllegalArgumentException e) {
      throw new RefusedException("InvalidAnnotation", name + ": " + e.getMessage());
    }
  }

  private static int priority(V1Pod pod) {
    return PodPriority.isCritical(pod)
        ? Math.max(PodPriority.of(pod), PodPriority.CRITICAL)
        : PodPriority.of(pod);
  }

  private static String serviceAccount(V1Pod pod) {
    return Optional.ofNullable(pod.getSpec().getServiceAccountName())
        .orElse(StaticPodAnnotations.isStatic(pod) ? "" : "default");
  }

  private static Duration terminationGrace(V1PodSpec spec) {
    return Optional.ofNullable(spec.getTerminationGracePeriodSeconds())
        .map(Duration::ofSeconds)
        .orElse(DEFAULT_GRACE);
  }

  private static @Nullable Duration activeDeadline(V1PodSpec spec) {
    return Optional.ofNullable(spec.getActiveDeadlineSeconds())
        .map(Duration::ofSeconds)
        .orElse(null);
  }
}
