package io.hiberlet.agent.admission;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1LocalObjectReference;
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

/** Reads the containers of one pod. */
final class ContainerReader {
  private static final double LEAST_CPUS = 0.001;

  private final Map<String, String> annotations;
  private final V1PodSpec pod;
  private final EnvSources env;
  private final Mounts mounts;
  private final List<String> pullSecrets;
  private final long defaultMemoryBytes;
  private final Duration idleAfter;
  private final Duration timerSlack;

  ContainerReader(
      V1Pod pod,
      Map<String, String> annotations,
      NodeFacts node,
      long defaultMemoryBytes,
      Duration idleAfter,
      Duration timerSlack) {
    this.annotations = annotations;
    this.pod = Objects.requireNonNull(pod.getSpec());
    this.env = new EnvSources(pod, node);
    this.mounts = new Mounts(pod, node);
    this.pullSecrets = pullSecrets(this.pod);
    this.defaultMemoryBytes = defaultMemoryBytes;
    this.idleAfter = idleAfter;
    this.timerSlack = timerSlack;
  }

  /** All of them, in the order in which they are started. */
  List<ControllerSpec> all() throws RefusedException {
    List<ControllerSpec> containers = new ArrayList<>();
    for (V1Container container : Optional.ofNullable(pod.getInitContainers()).orElseGet(List::of)) {
      boolean sidecar = "Always".equals(container.getRestartPolicy());
      containers.add(container(container, sidecar ? ContainerRole.SIDECAR : ContainerRole.INIT));
    }
    for (V1Container container : pod.getContainers()) {
      containers.add(container(container, ContainerRole.MAIN));
    }
    return containers;
  }

  private ControllerSpec container(V1Container container, ContainerRole role)
      throws RefusedException {
    String annotated =
        annotations.getOrDefault(
            Annotations.MODULE_OF + container.getName(), annotations.get(Annotations.MODULE));
    String image = Optional.ofNullable(container.getImage()).orElse("");
    if (annotated == null && image.isEmpty()) {
      throw new RefusedException(
          "NoModule", "container %s names no image".formatted(container.getName()));
    }
    return new ControllerSpec(
        container.getName(),
        role,
        restartPolicy(container, role),
        annotated,
        image,
        new ImagePull(container.getImagePullPolicy(), pullSecrets),
        args(container),
        env.of(container),
        workingDir(container),
        mounts.of(container),
        memoryLimit(container),
        cpuLimit(container),
        Probes.of(container),
        idleAfter,
        timerSlack);
  }

  /** A container's own policy comes first (KEP-5307); an init container ends once it succeeded. */
  private RestartPolicy restartPolicy(V1Container container, ContainerRole role)
      throws RefusedException {
    if (container.getRestartPolicyRules() != null && !container.getRestartPolicyRules().isEmpty()) {
      throw new RefusedException(
          Admission.UNSUPPORTED,
          "container %s: restartPolicyRules are not supported".formatted(container.getName()));
    }
    String named =
        Optional.ofNullable(container.getRestartPolicy())
            .or(() -> Optional.ofNullable(pod.getRestartPolicy()))
            .orElse("Always");
    RestartPolicy policy;
    try {
      policy = RestartPolicy.parse(named);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          Admission.UNSUPPORTED,
          "container %s: restartPolicy %s is not known here".formatted(container.getName(), named));
    }
    return role == ContainerRole.INIT && policy == RestartPolicy.ALWAYS
        ? RestartPolicy.ON_FAILURE
        : policy;
  }

  private static List<String> pullSecrets(V1PodSpec spec) {
    List<V1LocalObjectReference> references =
        Optional.ofNullable(spec.getImagePullSecrets()).orElseGet(List::of);
    return references.stream()
        .map(V1LocalObjectReference::getName)
        .filter(name -> name != null && !name.isEmpty())
        .toList();
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
}
