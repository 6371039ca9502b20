package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;

/** Gives a pod its node, once and for all. */
public final class PodBinding {
  private static final ResourceType PODS = ResourceTypes.builtIn("pods");

  private PodBinding() {}

  /**
   * Binds a pod.
   *
   * @throws ApiException 404 when it is gone, 409 when it has a node or is being deleted
   */
  public static void bind(ObjectStore store, ObjectKey key, String node) {
    store.write(
        key,
        pod -> {
          if (pod == null) {
            throw ApiException.notFound(PODS, key.name());
          }
          String present = Json.string(pod, "spec", "nodeName");
          if (!present.isEmpty()) {
            throw ApiException.conflict(
                PODS,
                key.name(),
                "pod %s is already assigned to node \"%s\"".formatted(key.name(), present));
          }
          if (Json.at(pod, "metadata", "deletionTimestamp") != null) {
            throw ApiException.conflict(
                PODS,
                key.name(),
                "pod " + key.name() + " is being deleted, cannot be assigned to a host");
          }
          Json.child(pod, "spec").addProperty("nodeName", node);
          setScheduled(pod, "True", "", "");
          return pod;
        },
        false);
  }

  /** Sets the condition PodScheduled; when it stays what it is, so does the pod. */
  public static void setScheduled(JsonObject pod, String status, String reason, String message) {
    JsonObject condition = Json.of("type", "PodScheduled", "status", status);
    if (!reason.isEmpty()) {
      condition.addProperty("reason", reason);
      condition.addProperty("message", message);
    }
    var conditions = Json.childArray(Json.child(pod, "status"), "conditions");
    for (int i = 0; i < conditions.size(); i++) {
      JsonObject present = conditions.get(i).getAsJsonObject();
      if (Json.string(present, "type").equals("PodScheduled")) {
        Json.copyMember("lastTransitionTime", present, condition);
        if (condition.equals(present)) {
          return;
        }
        conditions.remove(i);
        break;
      }
    }
    condition.addProperty("lastTransitionTime", Timestamps.now());
    conditions.add(condition);
  }
}
