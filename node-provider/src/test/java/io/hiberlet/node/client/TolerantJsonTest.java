package io.hiberlet.node.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodList;
import io.kubernetes.client.util.Watch;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TolerantJsonTest {
  private static final String FROM_THE_FUTURE =
      """
      {"apiVersion": "v1", "kind": "Pod", "fromTheFuture": {"a": [1]},
       "metadata": {"name": "p", "namespace": "n", "uid": "u", "fromTheFuture": 1,
                    "creationTimestamp": "2026-01-02T03:04:05Z",
                    "ownerReferences": [{"name": "owner", "fromTheFuture": true}]},
       "spec": {"fromTheFuture": [], "nodeName": "node",
                "containers": [{"name": "main", "image": "i", "fromTheFuture": "x",
                                "env": [{"name": "A", "fromTheFuture": {}}],
                                "ports": [{"containerPort": 80, "fromTheFuture": 1}],
                                "livenessProbe": {"fromTheFuture": {},
                                                  "httpGet": {"port": "http", "fromTheFuture": 1}},
                                "resources": {"limits": {"memory": "64Mi"}, "fromTheFuture": 2}}],
                "volumes": [{"name": "v", "fromTheFuture": {}, "configMap": {"fromTheFuture": 1}}]},
       "status": {"phase": "Running", "fromTheFuture": null,
                  "conditions": [{"type": "Ready", "status": "True", "fromTheFuture": 7}],
                  "containerStatuses": [{"name": "main", "fromTheFuture": 1,
                                         "state": {"hovering": {"since": "x"}}}]}}
      """;

  /** Without container names, condition types and whatever else the schema calls required. */
  private static final String INCOMPLETE =
      """
      {"metadata": {"name": "p"}, "spec": {"containers": [{"image": "i"}]},
       "status": {"conditions": [{}], "containerStatuses": [{}]}}
      """;

  @BeforeEach
  void install() {
    TolerantJson.install();
  }

  @Test
  void readsPodsWithUnknownFieldsAtEveryLevel() {
    V1Pod pod = JSON.deserialize(FROM_THE_FUTURE, V1Pod.class);
    assertEquals("p", pod.getMetadata().getName());
    assertEquals(
        OffsetDateTime.parse("2026-01-02T03:04:05Z"), pod.getMetadata().getCreationTimestamp());
    var container = pod.getSpec().getContainers().get(0);
    assertEquals("64Mi", container.getResources().getLimits().get("memory").toSuffixedString());
    assertEquals("http", container.getLivenessProbe().getHttpGet().getPort().getStrValue());
    assertEquals(80, container.getPorts().get(0).getContainerPort());
    assertEquals("Running", pod.getStatus().getPhase());
  }

  @Test
  void readsThemInListsAndWatchesToo() {
    V1PodList list =
        JSON.deserialize("{\"items\": [" + FROM_THE_FUTURE + "], \"x\": 1}", V1PodList.class);
    assertEquals(1, list.getItems().size());
    Watch.Response<V1Pod> event =
        JSON.deserialize(
            "{\"type\": \"ADDED\", \"object\": " + FROM_THE_FUTURE + "}",
            new TypeToken<Watch.Response<V1Pod>>() {}.getType());
    assertEquals("u", event.object.getMetadata().getUid());
  }

  @Test
  void readsPodsWithoutRequiredFields() {
    V1Pod pod = JSON.deserialize(INCOMPLETE, V1Pod.class);
    assertNull(pod.getSpec().getContainers().get(0).getName());
    assertNull(pod.getStatus().getConditions().get(0).getType());
  }

  @Test
  void keepsBinaryDataAndLeavesManagedFieldsOut() {
    String json =
        """
        {"metadata": {"name": "c", "managedFields": [{"manager": "kubectl"}]},
         "binaryData": {"module": "AGFzbQ=="}}
        """;
    V1ConfigMap configMap = JSON.deserialize(json, V1ConfigMap.class);
    assertEquals("\0asm", new String(configMap.getBinaryData().get("module"), UTF_8));
    assertTrue(configMap.getMetadata().getManagedFields().isEmpty());
    assertTrue(JSON.serialize(configMap).contains("AGFzbQ=="));
  }
}
