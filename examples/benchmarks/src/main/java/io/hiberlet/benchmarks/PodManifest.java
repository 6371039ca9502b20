package io.hiberlet.benchmarks;

import io.hiberlet.agent.admission.Annotations;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Pod;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A pod as the API server sends it, and as a client reads it: no two share a string. */
final class PodManifest {
  static {
    new JSON(); // sets up what deserialize uses
  }

  private PodManifest() {}

  static V1Pod parse(String name, String module, int kib) {
    String json =
        """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": "%s", "namespace": "benchmark", "uid": "%s",
           "annotations": {"%s": "%s", "%s": "%s"}},
         "spec": {"restartPolicy": "Never", "serviceAccountName": "default", "nodeName": "node",
           "containers": [{"name": "controller", "args": ["%d"],
             "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}]}}
        """
            .formatted(
                name,
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
                Annotations.CONTROLLER,
                Annotations.CONTROLLER_V1,
                Annotations.MODULE,
                module,
                kib);
    return JSON.deserialize(json, V1Pod.class);
  }
}
