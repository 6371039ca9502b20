package io.hiberlet.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The pod reaper: a controller that sleeps until the next finished pod is due. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FinishedPods {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String REAPER = "examples/pod-reaper/";

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;

  FinishedPods(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startReaper() {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-5");
    node.awaitReady(kubectl);
    kubectl.get("apply", "-f", Repository.file("examples/runtimeclass.yaml").toString());
    kubectl.get("apply", "-f", Repository.file(REAPER + "manifest/namespace.yaml").toString());
    kubectl.get(
        "create",
        "configmap",
        "-n",
        "pod-reaper",
        "pod-reaper",
        "--from-file=" + Repository.file(REAPER + "pod-reaper.wasm"));
    kubectl.get("apply", "-f", Repository.file(REAPER + "manifest/pod-reaper.yaml").toString());
    awaitSleep();
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "pod", "-n", "pod-reaper", "--all", "--timeout=60s");
    node.close();
  }

  @Test
  void aFinishedPodIsDeletedWhenItsTimeHasComeAndNoOther() {
    kubectl.apply(finished("kept", "never"));
    kubectl.apply(finished("reaped", "3"));
    await("the end of the pod that is due")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "pod", "reaped").stderr().contains("NotFound"));
    assertEquals("Failed", kubectl.get("get", "pod", "kept", "-o", "jsonpath={.status.phase}"));
    awaitSleep();
  }

  private void awaitSleep() {
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated",
        "-n",
        "pod-reaper",
        "pod/pod-reaper",
        "--timeout=90s");
  }

  /** A pod that this node refuses, and which is over with that. */
  private String finished(String name, String timeToLive) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: default
      annotations: {pod-reaper.hiberlet.io/ttl-seconds: "%s"}
    spec:
      nodeName: %s
      automountServiceAccountToken: false
      containers: [{name: main, image: none}]
    """
        .formatted(name, timeToLive, node.name());
  }
}
