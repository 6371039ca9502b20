package io.hiberlet.node.pod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.util.List;
import java.util.Objects;

/**
 * What a pod's status says to API servers that are newer than 1.20, which drop it: {@code hostIPs}
 * (1.28, KEP-2681) and {@code observedGeneration}, also of the conditions (1.33, KEP-5067). It goes
 * along with what else is to be told; that an API server has not kept it is no reason to write.
 */
final class NewerFields {
  private static final String HOST_IPS = "hostIPs";
  private static final String OBSERVED_GENERATION = "observedGeneration";

  private NewerFields() {}

  /**
   * Adds which generation of the spec the status speaks of, where pods have generations. The
   * generation that a deletion makes is nothing to a pod that is over: it may be gone already.
   *
   * @param shown as the API server has the pod
   */
  static void addGeneration(JsonObject status, V1Pod shown) {
    Long generation =
        PodStatuses.isFinal(shown)
            ? shown.getStatus().getObservedGeneration()
            : shown.getMetadata().getGeneration();
    if (generation == null || generation == 0) {
      return;
    }
    status.addProperty(OBSERVED_GENERATION, generation);
    conditions(status).stream()
        .filter(condition -> !condition.has("$patch"))
        .forEach(condition -> condition.addProperty(OBSERVED_GENERATION, generation));
  }

  /**
   * A status without what this API server does not keep.
   *
   * @param before the status as it is there
   */
  static JsonObject withoutUnknown(JsonObject status, V1PodStatus before) {
    JsonObject known = status.deepCopy();
    if (Objects.requireNonNullElse(before.getHostIPs(), List.of()).isEmpty()) {
      known.remove(HOST_IPS);
    }
    if (before.getObservedGeneration() == null) {
      known.remove(OBSERVED_GENERATION);
      conditions(known).forEach(condition -> condition.remove(OBSERVED_GENERATION));
    }
    return known;
  }

  private static List<JsonObject> conditions(JsonObject status) {
    return status.getAsJsonArray("conditions").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }
}
