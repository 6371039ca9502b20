package io.hiberlet.node.staticpod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodManifestTest {
  private static final Instant SEEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: alarm, uid: ignored, labels: {a: b}, annotations: {c: d}}
      spec:
        containers:
        - {name: main, image: x, env: [{name: DEBUG, value: true}]}
      """;

  private final PodManifest manifests = new PodManifest("edge-1");

  @Test
  void givesAPodItsNodesNameAndAUidOfItsOwn() throws Exception {
    V1Pod pod = read("alarm.yaml", POD);
    V1ObjectMeta meta = pod.getMetadata();
    assertEquals("alarm-edge-1", meta.getName());
    assertEquals("default", meta.getNamespace());
    assertEquals("edge-1", pod.getSpec().getNodeName());
    assertEquals(Map.of("a", "b"), meta.getLabels());
    assertTrue(meta.getUid().matches("[0-9a-f]{32}"), meta.getUid());
    assertEquals(
        Map.of(
            "c",
            "d",
            "kubernetes.io/config.source",
            "file",
            "kubernetes.io/config.hash",
            meta.getUid(),
            "kubernetes.io/config.seen",
            "2026-01-02T03:04:05Z",
            "hiberlet.io/config.file",
            "alarm.yaml"),
        meta.getAnnotations());
    assertEquals("true", pod.getSpec().getContainers().getFirst().getEnv().getFirst().getValue());
  }

  @Test
  void toleratesWhatWouldHaveItEvicted() throws Exception {
    var toleration = read("alarm.yaml", POD).getSpec().getTolerations().getLast();
    assertEquals("Exists", toleration.getOperator());
    assertEquals("NoExecute", toleration.getEffect());
  }

  @Test
  void hasNoOverheadThatItDoesNotName() throws Exception {
    assertNull(read("alarm.yaml", POD).getSpec().getOverhead());
  }

  @Test
  void theUidStandsForTheContentTheFileAndTheNode() throws Exception {
    String uid = uid(manifests, "alarm.yaml", POD);
    assertEquals(uid, uid(new PodManifest("edge-1"), "alarm.yaml", POD));
    assertNotEquals(uid, uid(manifests, "alarm.yaml", POD + "#"));
    assertNotEquals(uid, uid(manifests, "other.yaml", POD));
    assertNotEquals(uid, uid(new PodManifest("edge-2"), "alarm.yaml", POD));
  }

  /** A later version that gave it another one would take the pod's state from it. */
  @Test
  void theUidOfAFileIsTheSameInEveryVersion() throws Exception {
    assertEquals(
        "bbd1838bc36515254e2863be47a61182",
        uid(manifests, "alarm.yaml", POD.replace("DEBUG", "STABLE")));
  }

  @Test
  void readsJsonWithTabs() throws Exception {
    V1Pod pod =
        read(
            "alarm.json",
            """
            {\t"apiVersion": "v1", "kind": "Pod",
            \t"metadata": {"name": "alarm", "namespace": "kube-system"},
            \t"spec": {"containers": [{"name": "main", "image": "x"}]}}
            """);
    assertEquals("kube-system", pod.getMetadata().getNamespace());
  }

  @ParameterizedTest(name = "a static pod may not name {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serviceaccounts | serviceAccountName: default
          secrets | imagePullSecrets: [{name: s}]
          secrets | volumes: [{name: v, secret: {secretName: s}}]
          configmaps | volumes: [{name: v, configMap: {name: c}}]
          configmaps | volumes: [{name: v, projected: {sources: [{configMap: {name: c}}]}}]
          serviceaccounts | volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]
          persistentvolumeclaims | volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]
          secrets | initContainers: [{name: i, envFrom: [{secretRef: {name: s}}]}]
          configmaps | initContainers: [{name: i, env: [{name: E, valueFrom: {configMapKeyRef: {name: c, key: k}}}]}]
          """)
  void refusesReferencesToObjects(String kind, String field) {
    assertEquals("static pods may not reference " + kind, refusal("a.yaml", POD + "  " + field));
  }

  @Test
  void namesOfItsOwnAreNoReferences() throws Exception {
    String fields =
        """
        nodeSelector: {secret: x}
        volumes: [{name: secret, hostPath: {path: /secret}}]
        """;
    read("a.yaml", POD + fields.indent(2));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Service | {name: a}                 | {containers: [{name: c}]}
          Pod     | {name: A}                 | {containers: [{name: c}]}
          Pod     | {}                        | {containers: [{name: c}]}
          Pod     | {name: a, namespace: n.n} | {containers: [{name: c}]}
          Pod     | {name: a}                 | {}
          Pod     | {name: a}                 | {containers: []}
          Pod     | {name: a}                 | {containers: [{image: c}]}
          Pod     | {name: a}                 | {containers: [{name: c}, {name: c}]}
          """)
  void refusesWhatIsNoPod(String kind, String metadata, String spec) {
    refusal(
        "a.yaml",
        "{apiVersion: v1, kind: %s, metadata: %s, spec: %s}".formatted(kind, metadata, spec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1, 2]", "text", "\0"})
  void refusesWhatIsNoObject(String text) {
    refusal("a.yaml", text);
  }

  @Test
  void saysWhereAMistakeIs() {
    String unknown = refusal("a.yaml", POD.replace("containers", "contaners"));
    assertTrue(unknown.matches("line [56]: Unable to find property 'contaners' .*"), unknown);
    assertEquals(
        "line 7: expected the node content, but found '<stream end>'",
        refusal("a.yaml", POD + "  volumes: ["));
    assertEquals("line 7: but found another document", refusal("a.yaml", POD + "---\n" + POD));
    assertTrue(refusal("a.json", "{").startsWith("it is not valid JSON"));
    String limit = refusal("a.yaml", POD + "    resources: {limits: {memory: much}}");
    assertTrue(limit.startsWith("line 7: "), limit);
    assertEquals(
        "it is not UTF-8 text",
        assertThrows(
                ManifestException.class, () -> manifests.read("a", new byte[] {(byte) 0xff}, SEEN))
            .getMessage());
  }

  private V1Pod read(String file, String text) throws ManifestException {
    return manifests.read(file, text.getBytes(StandardCharsets.UTF_8), SEEN);
  }

  private static String uid(PodManifest manifests, String file, String text) throws Exception {
    return manifests.read(file, text.getBytes(StandardCharsets.UTF_8), SEEN).getMetadata().getUid();
  }

  private String refusal(String file, String text) {
    return assertThrows(ManifestException.class, () -> read(file, text)).getMessage();
  }
}
