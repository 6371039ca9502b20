package io.hiberlet.node.pod;

import com.google.gson.JsonObject;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.client.Patches;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Preconditions;
import java.util.Optional;

/**
 * The node's writes to pods, each bound to the UID so that it never meets a new pod of an old name:
 * that is a conflict, and the watch will soon tell that the old pod is gone. Thread-safe; every
 * call blocks for one request.
 */
final class PodWrites {
  private final ApiClient client;
  private final CoreV1Api api;

  PodWrites(ApiClient client) {
    this.client = client;
    this.api = new CoreV1Api(client);
  }

  /**
   * Patches the status.
   *
   * @return the pod as it is now; empty when the server does not find it
   */
  Optional<V1Pod> patchStatus(PodKey pod, JsonObject status) throws ApiException {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("uid", pod.uid());
    JsonObject patch = new JsonObject();
    patch.add("metadata", metadata);
    patch.add("status", status);
    try {
      return Optional.of(
          Patches.strategicMerge(
              client,
              V1Pod.class,
              patch,
              p -> api.patchNamespacedPodStatus(pod.name(), pod.namespace(), p).buildCall(null)));
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Removes a pod whose end has come; says whether the server found it. */
  boolean delete(PodKey pod) throws ApiException {
    var options =
        new V1DeleteOptions()
            .gracePeriodSeconds(0L)
            .preconditions(new V1Preconditions().uid(pod.uid()));
    try {
      api.deleteNamespacedPod(pod.name(), pod.namespace()).body(options).execute();
      return true;
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return false;
      }
      throw e;
    }
  }
}
