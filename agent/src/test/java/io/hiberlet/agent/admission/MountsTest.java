package io.hiberlet.agent.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.VolumeSpec.HostPathType;
import io.hiberlet.node.object.ObjectName;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pods may have mounted, and what not. */
final class MountsTest {
  private static final Path ALLOWED = Path.of("/srv/data");
  private static final NodeFacts NODE =
      new NodeFacts(
          InetAddress.getLoopbackAddress(),
          1500,
          1L << 30,
          new VolumeRules(
              5 << 20,
              List.of(
                  new VolumeRules.HostPath(ALLOWED, false),
                  new VolumeRules.HostPath(Path.of("/srv/data/fixed"), true))));
  private static final ObjectName CONFIG = ObjectName.configMap("ns", "config");
  private static final ObjectName SECRET = ObjectName.secret("ns", "hidden");
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: pod
        namespace: ns
        labels: {b: "2", a: "say \\"x\\"\\n"}
      spec:
        containers:
        - name: main
          image: x
          resources: {limits: {memory: 1Mi}}
          volumeMounts: [MOUNT]
        volumes: [VOLUME]
      """;

  private static List<MountSpec> read(String mount, String volume) throws RefusedException {
    V1Pod pod;
    try {
      pod = (V1Pod) Yaml.load(POD.replace("MOUNT", mount).replace("VOLUME", volume));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Mounts(pod, NODE).of(pod.getSpec().getContainers().getFirst());
  }

  private static List<VolumeSource> sources(String volume) throws RefusedException {
    return read("{name: v, mountPath: /data}", "{name: v, " + volume + "}")
        .getFirst()
        .volume()
        .sources();
  }

  @Test
  void configMapsAndSecretsAreKeysOfObjects() throws RefusedException {
    assertEquals(
        List.of(new VolumeSource.Keys(CONFIG, Map.of(), false)),
        sources("configMap: {name: config}"));
    assertEquals(
        List.of(new VolumeSource.Keys(SECRET, Map.of("a/b", "k"), true)),
        sources("secret: {secretName: hidden, optional: true, items: [{key: k, path: a/b}]}"));
  }

  @Test
  void thePodsFieldsAreAsTheKubeletWritesThem() throws RefusedException {
    assertEquals(
        List.of(
            new VolumeSource.Field("labels", "a=\"say \\\"x\\\"\\n\"\nb=\"2\""),
            new VolumeSource.Field("one", "2"),
            new VolumeSource.Field("memory", "1")),
        sources(
            "downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}},"
                + " {path: one, fieldRef: {fieldPath: \"metadata.labels['b']\"}},"
                + " {path: memory, resourceFieldRef: {containerName: main,"
                + " resource: limits.memory, divisor: 1Mi}}]}"));
  }

  @Test
  void projectedVolumesAreAllOfThemInOrder() throws RefusedException {
    assertEquals(
        List.of(
            new VolumeSource.Keys(SECRET, Map.of(), false),
            new VolumeSource.Keys(CONFIG, Map.of("x", "k"), false),
            new VolumeSource.Field("name", "pod")),
        sources(
            "projected: {sources: [{secret: {name: hidden}}, {configMap: {name: config, items:"
                + " [{key: k, path: x}]}}, {downwardAPI: {items: [{path: name, fieldRef:"
                + " {fieldPath: metadata.name}}]}}]}"));
  }

  @Test
  void pathsAreCleanedUp() throws RefusedException {
    MountSpec mount =
        read("{name: v, mountPath: //etc//x/, subPath: a//b/}", "{name: v, configMap: {name: c}}")
            .getFirst();
    assertEquals("/etc/x", mount.path());
    assertEquals("a/b", mount.subPath());
  }

  @Test
  void emptyDirsHaveALimitInAnyCase() throws RefusedException {
    assertEquals(new VolumeSpec.EmptyDir("v", 5 << 20), volume("emptyDir: {}"));
    assertEquals(new VolumeSpec.EmptyDir("v", 5 << 20), volume("emptyDir: {sizeLimit: '0'}"));
    assertEquals(new VolumeSpec.EmptyDir("v", 1 << 10), volume("emptyDir: {sizeLimit: 1Ki}"));
    assertFalse(mount("mountPath: /a", "emptyDir: {}").readOnly());
    assertTrue(mount("mountPath: /a, readOnly: true", "emptyDir: {}").readOnly());
    assertTrue(mount("mountPath: /a", "configMap: {name: c}").readOnly());
  }

  @Test
  void tokensAreAskedForAsThePodSays() throws RefusedException {
    assertEquals(
        List.of(
            new VolumeSource.Token("t", "default", "vault", 600),
            new VolumeSource.Token("u", "default", "", 3600)),
        sources(
            "projected: {sources: [{serviceAccountToken: {path: t, audience: vault,"
                + " expirationSeconds: 600}}, {serviceAccountToken: {path: u}}]}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"name: v, secret: {secretName: x}", "name: kube-api-access-x, emptyDir: {}"})
  void theTokenThatEveryPodHasIsLeftOut(String volume) throws RefusedException {
    String name = volume.substring("name: ".length(), volume.indexOf(','));
    String path = "mountPath: /var/run/secrets/kubernetes.io/serviceaccount";
    assertEquals(List.of(), read("{name: " + name + ", " + path + "}", "{" + volume + "}"));
  }

  @Test
  void aSubPathExprIsKeptUntilThereAreVariables() throws RefusedException {
    MountSpec mount = mount("mountPath: /a, subPathExpr: x/$(POD)", "emptyDir: {}");
    assertEquals("x/$(POD)", mount.subPath());
    assertTrue(mount.isExpression());
  }

  @Test
  void hostPathsAreOfWhatTheNodeAllows() throws RefusedException {
    assertEquals(
        new VolumeSpec.HostPath("v", ALLOWED, ALLOWED, HostPathType.ANY, false),
        volume("hostPath: {path: /srv/data/}"));
    assertEquals(
        new VolumeSpec.HostPath(
            "v", ALLOWED, Path.of("/srv/data/a/b"), HostPathType.DIRECTORY_OR_CREATE, false),
        volume("hostPath: {path: /srv/data/a/b, type: DirectoryOrCreate}"));
    assertTrue(
        mount("mountPath: /a, readOnly: true", "hostPath: {path: /srv/data/fixed/x}").readOnly());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/srv",
        "/srv/database",
        "/srv/data/../x",
        "/srv/data/./x",
        "srv/data",
        "''",
        "/srv/data/..data",
        "/etc/passwd",
        "/srv/data/fixed",
        "/srv/data/fixed/x"
      })
  void whatTheNodeDoesNotAllowIsRefused(String path) {
    var refused =
        assertThrows(
            RefusedException.class, () -> mount("mountPath: /a", "hostPath: {path: " + path + "}"));
    assertEquals("HostPathNotAllowed", refused.reason());
  }

  private static MountSpec mount(String mount, String volume) throws RefusedException {
    return read("{name: v, " + mount + "}", "{name: v, " + volume + "}").getFirst();
  }

  private static VolumeSpec volume(String volume) throws RefusedException {
    return mount("mountPath: /data", volume).volume();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mountPath: /a/../b                  | configMap: {name: c} | the mount path "/a/../b"
          mountPath: /a:b                     | configMap: {name: c} | the mount path "/a:b"
          mountPath: /                        | configMap: {name: c} | the mount path "/"
          mountPath: /a, subPath: ../x        | configMap: {name: c} | the subPath "../x"
          mountPath: /a                       | nfs: {server: s, path: /}       | volume v: guests have files of
          mountPath: /a                       | 'emptyDir: {medium: Memory}'    | medium Memory
          mountPath: /a                       | 'hostPath: {path: /srv/data, type: Socket}' | type Socket
          mountPath: /a | configMap: {name: c, items: [{key: k, path: ../x}]} | the path "../x" is not below it
          mountPath: /a | configMap: {name: c, items: [{key: k, path: /x}]}   | the path "/x" is not below it
          mountPath: /a | 'projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 599}}]}' | at least 600
          mountPath: /a | 'projected: {sources: [{clusterTrustBundle: {path: t}}]}' | projected are configMap,
          mountPath: /a | 'downwardAPI: {items: [{path: x, fieldRef: {fieldPath: spec.nodeName}}]}' | fieldRef spec.nodeName
          """)
  void whatCannotBeMountedIsRefusedInWords(String mount, String volume, String message) {
    var refused =
        assertThrows(
            RefusedException.class,
            () -> read("{name: v, " + mount + "}", "{name: v, " + volume + "}"));
    assertEquals("Unsupported", refused.reason());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }
}
