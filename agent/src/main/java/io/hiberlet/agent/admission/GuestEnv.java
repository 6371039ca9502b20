package io.hiberlet.agent.admission;

import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The environment variables of a pod's containers: literals and the pod's own fields. */
final class GuestEnv {
  private final V1Pod pod;

  GuestEnv(V1Pod pod) {
    this.pod = pod;
  }

  Map<String, String> of(V1Container container) throws RefusedException {
    if (container.getEnvFrom() != null && !container.getEnvFrom().isEmpty()) {
      throw unsupported(container, "envFrom");
    }
    Map<String, String> env = new HashMap<>();
    List<V1EnvVar> variables = Optional.ofNullable(container.getEnv()).orElseGet(List::of);
    for (V1EnvVar variable : variables) {
      V1EnvVarSource source = variable.getValueFrom();
      String value = Optional.ofNullable(variable.getValue()).orElse("");
      env.put(variable.getName(), source == null ? value : field(container, variable, source));
    }
    return env;
  }

  private String field(V1Container container, V1EnvVar variable, V1EnvVarSource source)
      throws RefusedException {
    if (source.getFieldRef() == null) {
      throw unsupported(
          container, "env " + variable.getName() + ": a valueFrom that is no fieldRef");
    }
    V1ObjectMeta meta = Objects.requireNonNull(pod.getMetadata());
    String path = source.getFieldRef().getFieldPath();
    return switch (path) {
      case "metadata.name" -> meta.getName();
      case "metadata.namespace" -> meta.getNamespace();
      case "metadata.uid" -> meta.getUid();
      case "spec.nodeName" -> Objects.requireNonNull(pod.getSpec()).getNodeName();
      case "spec.serviceAccountName" ->
          Objects.requireNonNull(pod.getSpec()).getServiceAccountName();
      default -> throw unsupported(container, "env " + variable.getName() + ": fieldRef " + path);
    };
  }

  private static RefusedException unsupported(V1Container container, String what) {
    return new RefusedException(
        "CreateContainerConfigError",
        "container %s: %s is not supported".formatted(container.getName(), what));
  }
}
