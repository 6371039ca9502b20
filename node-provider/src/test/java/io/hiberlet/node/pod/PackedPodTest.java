package io.hiberlet.node.pod;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.PodKey;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class PackedPodTest {
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "p", "namespace": "n", "uid": "u", "resourceVersion": "7",
                    "creationTimestamp": "2026-01-02T03:04:05Z",
                    "labels": {"app": "gr\u00fc\u00df"}, "annotations": {"empty": ""},
                    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet",
                                         "name": "owner", "uid": "o", "controller": true}]},
       "spec": {"nodeName": "node", "securityContext": {}, "terminationGracePeriodSeconds": 0,
                "containers": [{"name": "main", "image": "", "args": ["--index", "1"],
                                "env": [{"name": "A", "value": ""},
                                        {"name": "N", "valueFrom": {"fieldRef":
                                            {"fieldPath": "metadata.name"}}}],
                                "livenessProbe": {"httpGet": {"port": "http"}},
                                "resources": {"limits": {"memory": "64Mi", "cpu": "250m"}}}],
                "tolerations": [{"operator": "Exists"}],
                "volumes": [{"name": "v", "emptyDir": {}},
                            {"name": "c", "configMap": {"name": "module"}}]},
       "status": {"phase": "Running", "startTime": "2026-01-02T03:04:06Z",
                  "conditions": [{"type": "Ready", "status": "True"}],
                  "containerStatuses": [{"name": "main", "image": "", "imageID": "",
                                         "ready": true, "restartCount": 0,
                                         "state": {"running": {"startedAt":
                                             "2026-01-02T03:04:06Z"}}}]}}
      """;

  static {
    new JSON(); // sets up what deserialize uses
  }

  private final V1Pod pod = JSON.deserialize(POD, V1Pod.class);
  private final PackedPod packed = PackedPod.of(pod);

  @Test
  void losesNothing() {
    assertEquals(new PodKey("n", "p", "u"), packed.key());
    assertEquals(pod, packed.unpack());
    assertEquals(JSON.serialize(pod), JSON.serialize(packed.unpack()));
  }

  @Test
  void takesLessThanTwoThirdsOfWhatCompressionAloneWould() throws IOException {
    String text = JSON.serialize(pod);
    var alone = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(alone)) {
      out.write(text.getBytes(UTF_8));
    }
    int packed = PodCompression.compressed(text).length;
    assertTrue(packed * 3 < alone.size() * 2, () -> packed + " bytes, and alone " + alone.size());
  }

  @Test
  void whoeverUnpacksItMayChangeWhatTheyGot() {
    packed.unpack().getMetadata().setUid("another");
    assertEquals(pod, packed.unpack());
  }

  @Test
  void theHandlerHearsOfAPodAgainOnlyWhenWhatConcernsItChanged() {
    PodRecord record = new PodRecord();
    assertTrue(record.needsSync(pod));
    record.synced(packed.unpack());
    V1Pod later = packed.unpack();
    later.getMetadata().setResourceVersion("8");
    later.getStatus().setPhase("Failed");
    assertFalse(record.needsSync(later));
    later.getSpec().getContainers().getFirst().setImage("another");
    assertTrue(record.needsSync(later));
    V1Pod labelled = packed.unpack();
    labelled.getMetadata().putLabelsItem("new", "label");
    assertTrue(record.needsSync(labelled));
  }
}
