package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a guest is told by its pod, by ConfigMaps and by Secrets; it prints all of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GuestConfiguration {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String SECRET = "a-value-that-nobody-else-has";
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings, namespace: default}
      data: {COLOUR: blue, 1st: skipped, level: debug}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: hidden, namespace: default}
      stringData: {password: %s}
      """
          .formatted(SECRET);

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;

  GuestConfiguration(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-4");
    node.awaitReady(kubectl);
    ServingCertificates.approveFor(kubectl, node.name());
    bring("wasi.wasm", "prints.wasm");
    for (String module : List.of("files.wasm", "writer.wasm", "reader.wasm")) {
      bring(module, module);
    }
  }

  private void bring(String tested, String as) throws IOException {
    Files.copy(
        Repository.file("agent/src/test/resources/wasm/" + tested), node.modules().resolve(as));
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run(
        "delete", "configmap/settings", "configmap/palette", "secret/hidden", "-n", "default");
    node.close();
  }

  @Test
  void aGuestWaitsForItsConfigurationAndIsToldAllOfIt() throws IOException {
    kubectl.apply(pod());
    awaitStatus(
        "{.status.containerStatuses[0].state.waiting.reason}:"
            + " {.status.containerStatuses[0].state.waiting.message}",
        "CreateContainerConfigError: configmap \"settings\" not found");
    kubectl.apply(OBJECTS);
    awaitStatus("{.status.phase}", "Running");
    await("the log").atMost(PATIENCE).until(() -> log().contains("PWD=/data"));
    String log = log();
    assertTrue(log.contains("printer\0--level=debug\0$(COLOUR)\0"), log);
    for (String variable :
        new String[] {
          "P_COLOUR=blue",
          "P_1st=skipped",
          "level=debug",
          "NAME=configured",
          "TIER=back",
          "CPU=250",
          "URL=https://edge:" + SECRET + "@host"
        }) {
      assertTrue(log.contains(variable + "\0"), variable + " is not in " + log);
    }
    assertFalse(log.contains("\0001st="), log);
    await("the event")
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .get("describe", "pod", "configured")
                    .contains("Keys [1st] from the EnvFrom configMap default/settings"));
    assertFalse(Files.readString(node.folder().resolve("agent.log")).contains(SECRET));
  }

  /** It sleeps with the file open, and goes on where it was. */
  @Test
  void aGuestReadsTheFilesOfItsVolumes() {
    kubectl.apply(podThatWrites());
    kubectl.apply(podWithFiles());
    awaitStatus(
        "files",
        "{.status.containerStatuses[0].state.waiting.message}",
        "MountVolume.SetUp failed for volume \"greeting\" : secret \"greeting\" not found");
    kubectl.get("create", "secret", "generic", "greeting", "--from-literal=text=hello, world");
    awaitStatus("files", "{.status.phase}", "Running");
    await("the sleep")
        .atMost(PATIENCE)
        .until(() -> kubectl.get("get", "pod", "files", "-o", "yaml").contains("reason: Idle"));
    await("all of the file")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("logs", "files").stdout().equals("hello\n, world\n"));
    kubectl.get("delete", "secret", "greeting");
    await("the last of two that share a folder")
        .atMost(PATIENCE)
        .until(() -> wrote("first", 2) || wrote("second", 2));
  }

  @Test
  void aGuestInMemorySeesTheChangeOfAConfigMapThatItHasMounted() {
    kubectl.get("create", "configmap", "palette", "--from-literal=colour=blue");
    kubectl.apply(podThatReads());
    await("the first").atMost(PATIENCE).until(() -> read().equals("blue\n"));
    kubectl.get("patch", "configmap", "palette", "-p", "{\"data\": {\"colour\": \"green\"}}");
    await("the change")
        .atMost(PATIENCE)
        .until(this::read, read -> read.equals("blue\ngreen\n")); // and nothing in between
  }

  private String read() {
    return kubectl.run("logs", "reads").stdout();
  }

  private String podThatReads() {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: reads
      namespace: default
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:reader.wasm"}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers:
      - name: main
        image: x
        volumeMounts: [{name: palette, mountPath: /etc/config}]
      volumes:
      - name: palette
        configMap: {name: palette}
    """
        .formatted(node.name());
  }

  /** Whether a container found what so many wrote before they slept. */
  private boolean wrote(String container, int others) {
    String log = kubectl.run("logs", "writers", "-c", container).stdout();
    return log.endsWith("two\n") && log.split("one\n", -1).length - 1 == others;
  }

  /** Each container appends to the same file, and again after it has slept. */
  private String podThatWrites() {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: writers
      namespace: default
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:writer.wasm"}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      containers:
      - name: first
        image: x
        volumeMounts: [{name: shared, mountPath: /data, subPath: logs}]
      - name: second
        image: x
        env: [{name: FOLDER, value: logs}]
        volumeMounts:
        - {name: shared, mountPath: /data, subPathExpr: $(FOLDER)}
        - {name: token, mountPath: /token}
      volumes:
      - name: shared
        emptyDir: {sizeLimit: 1Mi}
      - name: token
        projected: {sources: [{serviceAccountToken: {path: t, audience: vault, expirationSeconds: 600}}]}
    """
        .formatted(node.name());
  }

  private String podWithFiles() {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: files
      namespace: default
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:files.wasm"}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers:
      - name: main
        image: x
        volumeMounts: [{name: greeting, mountPath: /etc/config, readOnly: true}]
      volumes:
      - name: greeting
        secret: {secretName: greeting, items: [{key: text, path: greeting}]}
    """
        .formatted(node.name());
  }

  private String log() {
    return kubectl.run("logs", "configured").stdout();
  }

  private void awaitStatus(String jsonpath, String expected) {
    awaitStatus("configured", jsonpath, expected);
  }

  private void awaitStatus(String pod, String jsonpath, String expected) {
    await(expected)
        .atMost(PATIENCE)
        .until(
            () -> kubectl.get("get", "pod", pod, "-o", "jsonpath=" + jsonpath),
            status -> status.equals(expected));
  }

  private String pod() {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: configured
      namespace: default
      labels: {tier: back}
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:prints.wasm"}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers:
      - name: main
        image: x
        command: [printer]
        args: ["--level=$(level)", "$$(COLOUR)"]
        workingDir: /data
        resources: {limits: {cpu: 250m}}
        envFrom:
        - {prefix: P_, configMapRef: {name: settings}}
        - {configMapRef: {name: settings}}
        - {configMapRef: {name: absent, optional: true}}
        env:
        - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"}}}
        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: hidden, key: password}}}
        - {name: URL, value: "https://edge:$(PASSWORD)@host"}
        - {name: LINE, value: "the log shows whole lines\\n"}
    """
        .formatted(node.name());
  }
}
