package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.List;

/** Whether a pod may run on a node. */
final class NodeFit {
  private static final List<String> KEEPING_AWAY = List.of("NoSchedule", "NoExecute");

  private NodeFit() {}

  /** Why it may not, "" when it may. */
  static String obstacle(JsonObject pod, JsonObject node) {
    if (!isReady(node)) {
      return "node(s) were not ready";
    }
    if (Json.isTrue(node, "spec", "unschedulable")) {
      return "node(s) were unschedulable";
    }
    if (!isSelected(pod, node)) {
      return "node(s) didn't match the pod's node selector";
    }
    return Json.objects(node, "spec", "taints").stream()
        .filter(taint -> KEEPING_AWAY.contains(Json.string(taint, "effect")))
        .filter(taint -> !isTolerated(pod, taint))
        .findFirst()
        .map(taint -> "node(s) had an untolerated taint {" + Json.string(taint, "key") + "}")
        .orElse("");
  }

  private static boolean isReady(JsonObject node) {
    return Json.objects(node, "status", "conditions").stream()
        .anyMatch(
            condition ->
                Json.string(condition, "type").equals("Ready")
                    && Json.string(condition, "status").equals("True"));
  }

  private static boolean isSelected(JsonObject pod, JsonObject node) {
    JsonObject labels = Json.object(node, "metadata", "labels");
    return Json.object(pod, "spec", "nodeSelector").entrySet().stream()
        .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())));
  }

  private static boolean isTolerated(JsonObject pod, JsonObject taint) {
    return Json.objects(pod, "spec", "tolerations").stream()
        .anyMatch(toleration -> tolerates(toleration, taint));
  }

  private static boolean tolerates(JsonObject toleration, JsonObject taint) {
    String key = Json.string(toleration, "key");
    String effect = Json.string(toleration, "effect");
    boolean exists = Json.string(toleration, "operator").equals("Exists");
    return (key.isEmpty() ? exists : key.equals(Json.string(taint, "key")))
        && (effect.isEmpty() || effect.equals(Json.string(taint, "effect")))
        && (exists || Json.string(toleration, "value").equals(Json.string(taint, "value")));
  }
}
