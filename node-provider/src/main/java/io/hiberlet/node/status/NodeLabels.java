package io.hiberlet.node.status;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The three ways of a patch of the Node's labels: what is wanted now, what the Node has, and what
 * an earlier agent of this node put there, which an annotation remembers. So a label that was taken
 * out of the configuration goes, and labels of others stay.
 */
final class NodeLabels {
  static final String APPLIED = "hiberlet.io/applied-labels";

  private NodeLabels() {}

  /** The metadata of a merge patch. */
  static JsonObject patch(V1ObjectMeta actual, Map<String, String> wanted) {
    JsonObject labels = new JsonObject();
    applied(actual).stream()
        .filter(key -> !wanted.containsKey(key))
        .forEach(key -> labels.add(key, JsonNull.INSTANCE));
    wanted.forEach(labels::addProperty);
    JsonObject annotations = new JsonObject();
    annotations.addProperty(APPLIED, names(wanted));
    JsonObject metadata = new JsonObject();
    metadata.add("labels", labels);
    metadata.add("annotations", annotations);
    return metadata;
  }

  /** What the annotation is to say. */
  static String names(Map<String, String> wanted) {
    return String.join(",", new TreeSet<>(wanted.keySet()));
  }

  private static List<String> applied(V1ObjectMeta actual) {
    Map<String, String> annotations = Objects.requireNonNullElse(actual.getAnnotations(), Map.of());
    String names = annotations.getOrDefault(APPLIED, "");
    return names.isEmpty() ? List.of() : List.of(names.split(",", -1));
  }
}
