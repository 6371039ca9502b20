package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told, in the place where a user looks, when something is wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WrongInput {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String MODULES = "agent/src/test/resources/wasm/";

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;

  WrongInput(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-2");
    node.awaitReady(kubectl);
    Files.writeString(node.modules().resolve("no-wasm.wasm"), "#!/bin/sh\necho hello\n");
    copy("refused/unknown-imports.wasm", "unknown-import.wasm");
    copy("traps-in-start.wasm", "traps-in-start.wasm");
  }

  private void copy(String from, String to) throws IOException {
    Files.copy(Repository.file(MODULES + from), node.modules().resolve(to));
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    node.close();
  }

  @Test
  void aPodWithoutTheAnnotationIsRefused() {
    kubectl.apply(pod("plain", "{}", "nginx"));
    awaitStatus("plain", "{.status.phase} {.status.reason}", "Failed NotAController");
    String message =
        "this node runs Wasm controllers only: the pod needs the annotation"
            + " hiberlet.io/controller: v1";
    assertEquals(message, status("plain", "{.status.message}"));
    assertTrue(kubectl.get("describe", "pod", "plain").contains("NotAController"));
    String row = kubectl.get("get", "pod", "plain", "--no-headers");
    assertTrue(row.matches("plain +0/1 +NotAController +0 .*\\R"), row);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no-wasm        | file:no-wasm.wasm        | ModuleRefused | not a WebAssembly module
          unknown-import | file:unknown-import.wasm | ModuleRefused | imports
          missing        | file:missing.wasm        | CreateContainerConfigError | missing.wasm
          outside        | file:../agent.yaml       | CreateContainerConfigError | ..
          no-configmap   | configmap:absent/a.wasm  | CreateContainerConfigError | absent
          """)
  void aModuleThatCannotBeRunKeepsItsContainerWaiting(
      String name, String module, String reason, String message) {
    kubectl.apply(
        pod(name, "{hiberlet.io/controller: v1, 'hiberlet.io/module': '" + module + "'}", "x"));
    awaitStatus(name, "{.status.containerStatuses[0].state.waiting.reason}", reason);
    String said = status(name, "{.status.containerStatuses[0].state.waiting.message}");
    assertTrue(said.contains(message), said);
  }

  @Test
  void anImageThatCannotBePulledSaysWhy() {
    kubectl.apply(pod("no-image", "{hiberlet.io/controller: v1}", "127.0.0.1:1/nothing:v1"));
    awaitStatus("no-image", "{.status.containerStatuses[0].state.waiting.reason}", "ErrImagePull");
    String said = status("no-image", "{.status.containerStatuses[0].state.waiting.message}");
    assertTrue(said.contains("127.0.0.1:1/nothing:v1"), said);
  }

  @Test
  void aTrapInStartIsSeenAndBackedOffFrom() {
    kubectl.apply(
        pod(
            "traps",
            "{hiberlet.io/controller: v1, 'hiberlet.io/module': 'file:traps-in-start.wasm'}",
            "x"));
    awaitStatus("traps", "{.status.containerStatuses[0].state.waiting.reason}", "CrashLoopBackOff");
    String last =
        status(
            "traps",
            "{.status.containerStatuses[0].lastState.terminated.exitCode}"
                + " {.status.containerStatuses[0].lastState.terminated.reason}"
                + " {.status.containerStatuses[0].lastState.terminated.message}");
    assertTrue(last.startsWith("134 Trapped "), last);
    assertTrue(last.contains("unreachable"), last);
  }

  @Test
  void aLockedDataFolderEndsTheSecondAgent() throws IOException {
    try (AgentProcess second = second("locked", node.options())) {
      assertEquals(1, second.awaitEnd());
      assertTrue(second.log().contains("in use"), second.log());
    }
  }

  @Test
  void anUnknownConfigKeyIsNamedWithItsLine() throws IOException {
    Path config = node.folder().resolve("wrong.yaml");
    Files.writeString(config, "hibernation:\n  idleAftr: 1s\n");
    try (AgentProcess second =
        second(
            "config",
            List.of("--kubeconfig", node.kubeconfig().toString(), "--config", config.toString()))) {
      assertEquals(2, second.awaitEnd());
      assertTrue(second.log().contains("wrong.yaml:2: "), second.log());
      assertTrue(second.log().contains("idleAfter"), second.log());
    }
  }

  @Test
  void anUnreachableApiServerIsWaitedForAndNamed() throws IOException {
    String text = Files.readString(node.kubeconfig());
    Path kubeconfig = node.folder().resolve("unreachable.kubeconfig");
    Files.writeString(kubeconfig, text.replaceAll("https://127.0.0.1:\\d+", "https://127.0.0.1:1"));
    try (AgentProcess lonely =
        second(
            "unreachable",
            List.of(
                "--kubeconfig",
                kubeconfig.toString(),
                "--node-name",
                "edge-3",
                "--node-ip",
                "127.0.0.1",
                "--port",
                "0",
                "--data-dir",
                node.folder().resolve("lonely").toString()))) {
      await("a word on the API server")
          .atMost(PATIENCE)
          .until(() -> lonely.log().contains("cannot reach the API server: Connection refused"));
      assertTrue(lonely.log().contains("apiServer=https://127.0.0.1:1 "), lonely.log());
      assertTrue(lonely.isAlive(), lonely.log());
      assertEquals(0, lonely.stop());
    }
  }

  private AgentProcess second(String name, List<String> options) {
    return AgentProcess.start(node.folder().resolve(name + ".log"), options);
  }

  private void awaitStatus(String pod, String jsonpath, String expected) {
    await(pod + ": " + expected)
        .atMost(PATIENCE)
        .until(() -> status(pod, jsonpath), status -> status.equals(expected));
  }

  private String status(String pod, String jsonpath) {
    return kubectl.get("get", "pod", pod, "-o", "jsonpath=" + jsonpath);
  }

  private String pod(String name, String annotations, String image) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: default, annotations: %s}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers: [{name: main, image: "%s"}]
    """
        .formatted(name, annotations, node.name(), image);
  }
}
