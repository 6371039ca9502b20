package io.hiberlet.agent.admission;

import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a pod that its containers may be told (the Downward API), by the kubelet's rules in
 * {@code pkg/fieldpath}.
 */
final class PodFields {
  /** A path and, in brackets and quotes, one key of the map that it leads to. */
  private static final Pattern SUBSCRIPTED = Pattern.compile("([^\\[]+)\\['(.*)'\\]");

  private final V1ObjectMeta meta;
  private final V1PodSpec spec;
  private final String address;

  PodFields(V1Pod pod, NodeFacts node) {
    this.meta = Objects.requireNonNull(pod.getMetadata());
    this.spec = Objects.requireNonNull(pod.getSpec());
    this.address = node.ip().getHostAddress();
  }

  /** The value of a field for an environment variable; empty when that cannot have the field. */
  Optional<String> ofEnvironment(String path) {
    return switch (path) {
      case "metadata.name" -> Optional.of(meta.getName());
      case "metadata.namespace" -> Optional.of(meta.getNamespace());
      case "metadata.uid" -> Optional.of(meta.getUid());
      case "spec.nodeName" -> Optional.of(text(spec.getNodeName()));
      case "spec.serviceAccountName" -> Optional.of(text(spec.getServiceAccountName()));
      case "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs" ->
          Optional.of(address);
      default -> entry(path);
    };
  }

  /** The value of a field for a file; empty when that cannot have the field. */
  Optional<String> ofVolume(String path) {
    return switch (path) {
      case "metadata.labels" -> Optional.of(lines(meta.getLabels()));
      case "metadata.annotations" -> Optional.of(lines(meta.getAnnotations()));
      case "metadata.name", "metadata.namespace", "metadata.uid" -> ofEnvironment(path);
      default -> entry(path);
    };
  }

  /** In the order of the keys, each value in quotes. */
  private static String lines(@Nullable Map<String, String> map) {
    return map == null
        ? ""
        : new TreeMap<>(map)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + GoText.quoted(entry.getValue()))
                .collect(Collectors.joining("\n"));
  }

  /** One label or annotation; an empty text where there is none of that key. */
  private Optional<String> entry(String path) {
    Matcher subscripted = SUBSCRIPTED.matcher(path);
    if (!subscripted.matches()) {
      return Optional.empty();
    }
    String key = subscripted.group(2);
    return switch (subscripted.group(1)) {
      case "metadata.labels" -> Optional.of(value(meta.getLabels(), key));
      case "metadata.annotations" -> Optional.of(value(meta.getAnnotations(), key));
      default -> Optional.empty();
    };
  }

  private static String value(@Nullable Map<String, String> map, String key) {
    return map == null ? "" : text(map.get(key));
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
