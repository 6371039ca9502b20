package io.hiberlet.agent.admission;

import io.hiberlet.agent.admission.PodSpec.RestartPolicy;
import io.hiberlet.agent.config.Quantities;
import io.hiberlet.node.PodKey;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1LocalObjectReference;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final String UNSUPPORTED = "Unsupported";
  private static final double LEAST_CPUS = 0.001;

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
    PodKey key = new PodKey(meta.getNamespace(), meta.getName(), meta.getUid());
    Duration idleAfter = idleAfter(annotations);
    EnvSources env = new EnvSources(pod, node);
    Mounts mounts = new Mounts(pod, node);
    List<String> pullSecrets = pullSecrets(spec);
    List<ControllerSpec> controllers = new ArrayList<>();
    for (V1Container container : spec.getContainers()) {
      ImagePull imagePull = new ImagePull(container.getImagePullPolicy(), pullSecrets);
      controllers.add(controller(container, imagePull, annotations, idleAfter, env, mounts));
    }
    return new PodSpec(key, serviceAccount(spec), restartPolicy(spec), controllers);
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
    if (spec.getInitContainers() != null && !spec.getInitContainers().isEmpty()) {
      throw new RefusedException(UNSUPPORTED, "init containers are not supported");
    }
    if (Boolean.TRUE.equals(spec.getHostNetwork())
        || Boolean.TRUE.equals(spec.getHostPID())
        || Boolean.TRUE.equals(spec.getHostIPC())) {
      throw new RefusedException(
          UNSUPPORTED, "a Wasm controller has no host namespaces: hostNetwork, hostPID, hostIPC");
    }
    for (V1Container container : spec.getContainers()) {
      requireNoProbes(container);
    }
  }

  private static void requireNoProbes(V1Container container) throws RefusedException {
    if (container.getLivenessProbe() != null
        || container.getReadinessProbe() != null
        || container.getStartupProbe() != null
        || container.getLifecycle() != null) {
      throw new RefusedException(
          UNSUPPORTED,
          "container %s: probes and lifecycle hooks are not supported"
              .formatted(container.getName()));
    }
  }

  private static List<String> pullSecrets(V1PodSpec spec) {
    List<V1LocalObjectReference> references =
        Optional.ofNullable(spec.getImagePullSecrets()).orElseGet(List::of);
    return references.stream()
        .map(V1LocalObjectReference::getName)
        .filter(name -> name != null && !name.isEmpty())
        .toList();
  }

  private ControllerSpec controller(
      V1Container container,
      ImagePull imagePull,
      Map<String, String> annotations,
      Duration idleAfter,
      EnvSources env,
      Mounts mounts)
      throws RefusedException {
    String annotated = annotations.get(Annotations.MODULE);
    String image = Optional.ofNullable(container.getImage()).orElse("");
    if (annotated == null && image.isEmpty()) {
      throw new RefusedException(
          "NoModule", "container %s names no image".formatted(container.getName()));
    }
    return new ControllerSpec(
        container.getName(),
        annotated,
        image,
        imagePull,
        args(container),
        env.of(container),
        workingDir(container),
        mounts.of(container),
        memoryLimit(container),
        cpuLimit(container),
        idleAfter);
  }

  private static List<String> args(V1Container container) {
    List<String> args = new ArrayList<>();
    List<String> command = container.getCommand();
    args.addAll(command == null || command.isEmpty() ? List.of(container.getName()) : command);
    args.addAll(Optional.ofNullable(container.getArgs()).orElseGet(List::of));
    return args;
  }

  private static @Nullable String workingDir(V1Container container) throws RefusedException {
    String folder = container.getWorkingDir();
    if (folder == null || folder.isEmpty()) {
      return null;
    }
    if (!folder.startsWith("/")) {
      throw new RefusedException(
          "InvalidWorkingDir",
          "container %s: workingDir must be an absolute path, not \"%s\""
              .formatted(container.getName(), folder));
    }
    return folder;
  }

  private long memoryLimit(V1Container container) throws RefusedException {
    Quantity limit = limit(container, "memory");
    if (limit == null) {
      return defaultMemoryBytes;
    }
    BigDecimal bytes = limit.getNumber();
    if (bytes.compareTo(BigDecimal.valueOf(64 << 10)) < 0) {
      throw new RefusedException(
          "MemoryLimitTooSmall",
          "container %s: limits.memory is less than one Wasm page (64Ki)"
              .formatted(container.getName()));
    }
    return bytes.min(BigDecimal.valueOf(4L << 30)).longValue();
  }

  private static @Nullable Double cpuLimit(V1Container container) throws RefusedException {
    Quantity limit = limit(container, "cpu");
    if (limit == null) {
      return null;
    }
    double cpus = limit.getNumber().doubleValue();
    if (cpus == 0) {
      return null; // as the kubelet has it
    }
    if (cpus < LEAST_CPUS) {
      throw new RefusedException(
          "CPULimitTooSmall",
          "container %s: limits.cpu is less than 1m".formatted(container.getName()));
    }
    return cpus;
  }

  private static @Nullable Quantity limit(V1Container container, String resource) {
    Map<String, Quantity> limits =
        container.getResources() == null ? null : container.getResources().getLimits();
    return limits == null ? null : limits.get(resource);
  }

  private Duration idleAfter(Map<String, String> annotations) throws RefusedException {
    String value = annotations.get(Annotations.IDLE_AFTER);
    if (value == null) {
      return defaultIdleAfter;
    }
    try {
      return Quantities.duration(value);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "InvalidAnnotation", Annotations.IDLE_AFTER + ": " + e.getMessage());
    }
  }

  private static String serviceAccount(V1PodSpec spec) {
    return Optional.ofNullable(spec.getServiceAccountName()).orElse("default");
  }

  private static RestartPolicy restartPolicy(V1PodSpec spec) {
    return switch (Optional.ofNullable(spec.getRestartPolicy()).orElse("Always")) {
      case "Never" -> RestartPolicy.NEVER;
      case "OnFailure" -> RestartPolicy.ON_FAILURE;
      default -> RestartPolicy.ALWAYS;
    };
  }
}
