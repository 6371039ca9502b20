package io.hiberlet.agent.admission;

import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.ObjectName.Kind;
import io.kubernetes.client.openapi.models.V1ConfigMapEnvSource;
import io.kubernetes.client.openapi.models.V1ConfigMapKeySelector;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EnvFromSource;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1SecretEnvSource;
import io.kubernetes.client.openapi.models.V1SecretKeySelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads where the environment of a pod's containers comes from. The pod's own fields become values
 * here, as the pod stands now.
 */
final class EnvSources {
  private final String namespace;
  private final PodFields fields;
  private final ResourceFields resources;

  EnvSources(V1Pod pod, NodeFacts node) {
    this.namespace = Objects.requireNonNull(pod.getMetadata()).getNamespace();
    this.fields = new PodFields(pod, node);
    this.resources = new ResourceFields(pod, node);
  }

  /** In the kubelet's order: what comes later takes the place of what came before. */
  List<EnvSource> of(V1Container container) throws RefusedException {
    List<EnvSource> sources = new ArrayList<>();
    List<V1EnvFromSource> all = Optional.ofNullable(container.getEnvFrom()).orElseGet(List::of);
    for (V1EnvFromSource from : all) {
      sources.add(allKeys(container, from));
    }
    List<V1EnvVar> variables = Optional.ofNullable(container.getEnv()).orElseGet(List::of);
    for (V1EnvVar variable : variables) {
      sources.add(source(container, variable));
    }
    return sources;
  }

  private EnvSource allKeys(V1Container container, V1EnvFromSource from) throws RefusedException {
    String prefix = Optional.ofNullable(from.getPrefix()).orElse("");
    V1ConfigMapEnvSource configMap = from.getConfigMapRef();
    if (configMap != null) {
      return new EnvSource.AllKeys(
          object(Kind.CONFIG_MAP, configMap.getName()), prefix, isTrue(configMap.getOptional()));
    }
    V1SecretEnvSource secret = from.getSecretRef();
    if (secret != null) {
      return new EnvSource.AllKeys(
          object(Kind.SECRET, secret.getName()), prefix, isTrue(secret.getOptional()));
    }
    throw unsupported(container, "an envFrom that is neither configMapRef nor secretRef");
  }

  private EnvSource source(V1Container container, V1EnvVar variable) throws RefusedException {
    String name = variable.getName();
    String text = Optional.ofNullable(variable.getValue()).orElse("");
    V1EnvVarSource from = variable.getValueFrom();
    if (!text.isEmpty() || from == null) {
      return new EnvSource.Text(name, text);
    }
    if (from.getFieldRef() != null) {
      String path = from.getFieldRef().getFieldPath();
      String value =
          fields
              .ofEnvironment(path)
              .orElseThrow(() -> unsupported(container, "env " + name + ": fieldRef " + path));
      return new EnvSource.Value(name, value);
    }
    if (from.getResourceFieldRef() != null) {
      String value =
          resources
              .value(container, from.getResourceFieldRef())
              .orElseThrow(
                  () ->
                      unsupported(
                          container,
                          "env %s: resourceFieldRef %s"
                              .formatted(name, from.getResourceFieldRef().getResource())));
      return new EnvSource.Value(name, value);
    }
    return key(container, name, from);
  }

  private EnvSource key(V1Container container, String name, V1EnvVarSource from)
      throws RefusedException {
    V1ConfigMapKeySelector configMap = from.getConfigMapKeyRef();
    if (configMap != null) {
      return new EnvSource.Key(
          name,
          object(Kind.CONFIG_MAP, configMap.getName()),
          configMap.getKey(),
          isTrue(configMap.getOptional()));
    }
    V1SecretKeySelector secret = from.getSecretKeyRef();
    if (secret != null) {
      return new EnvSource.Key(
          name,
          object(Kind.SECRET, secret.getName()),
          secret.getKey(),
          isTrue(secret.getOptional()));
    }
    throw unsupported(container, "env " + name + ": this valueFrom");
  }

  private ObjectName object(Kind kind, String name) {
    return new ObjectName(kind, namespace, Optional.ofNullable(name).orElse(""));
  }

  private static boolean isTrue(Boolean value) {
    return Boolean.TRUE.equals(value);
  }

  private static RefusedException unsupported(V1Container container, String what) {
    return new RefusedException(
        "CreateContainerConfigError",
        "container %s: %s is not supported".formatted(container.getName(), what));
  }
}
