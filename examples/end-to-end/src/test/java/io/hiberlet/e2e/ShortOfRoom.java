package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What a node does whose disk is nearly full, one story in several parts. The disk is a small one
 * in memory, which its agent alone has mounted; the test fills it with a file.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ShortOfRoom {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long DISK_BYTES = 64L << 20;
  private static final String PRESSURE = "{.status.conditions[?(@.type==\"DiskPressure\")].status}";
  private static final String END = "{.status.phase} {.status.reason}: {.status.message}";

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private GuestPods pods;

  ShortOfRoom(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws IOException {
    assumeTrue(
        Command.run(
                    Map.of(),
                    "",
                    List.of("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"))
                .exitCode()
            == 0,
        "only root may mount a disk");
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-16");
    pods = new GuestPods(node);
    pods.install();
    node.startOnDisk(DISK_BYTES);
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
  }

  @AfterAll
  void stopNode() {
    if (node != null) {
      kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
      kubectl.run("delete", "pod", "-n", "kube-system", "vital", "--timeout=60s");
      node.close();
    }
  }

  @Test
  @Order(1)
  @DisplayName("A pod that is not critical is evicted, and a critical one stays")
  void eviction() throws IOException {
    kubectl.apply(pods.pod("usual", HOLDS_FILES));
    kubectl.apply(
        pods.pod("vital", HOLDS_FILES + CRITICAL)
            .replace("namespace: default", "namespace: kube-system"));
    kubectl.get("wait", "--for=condition=Ready", "pod/usual", "--timeout=120s");
    kubectl.get(
        "wait", "-n", "kube-system", "--for=condition=Ready", "pod/vital", "--timeout=120s");
    fill();
    await("the eviction")
        .atMost(PATIENCE)
        .until(
            () -> status("usual", END),
            end ->
                end.startsWith("Failed Evicted: The node was low on resource: ephemeral-storage."));
    assertEquals("True", ofNode(PRESSURE));
    assertEquals(
        "Running",
        kubectl.get("get", "pod", "-n", "kube-system", "vital", "-o=jsonpath={.status.phase}"));
    assertTrue(
        kubectl
            .get("get", "events", "--field-selector=reason=EvictionThresholdMet")
            .contains(node.name()));
  }

  @Test
  @Order(2)
  @DisplayName("A pod that comes meanwhile is refused, with the reason")
  void admission() {
    kubectl.apply(pods.pod("late", HOLDS_FILES));
    await("the refusal")
        .atMost(PATIENCE)
        .until(
            () -> status("late", END),
            end ->
                end.equals(
                    "Failed Evicted: Pod was rejected: The node had condition: [DiskPressure]."));
  }

  /** The number is that of the class, for a cluster that does not look it up. */
  private static final String CRITICAL =
      "priorityClassName: system-node-critical\npriority: 2000001000\n";

  private static final String HOLDS_FILES =
      """
      containers: [{name: echo, image: x, volumeMounts: [{name: v, mountPath: /data}]}]
      volumes: [{name: v, emptyDir: {}}]
      """;

  /** Leaves a sixteenth. */
  private void fill() throws IOException {
    Path disk = node.disk();
    long free = Files.getFileStore(disk).getUsableSpace();
    byte[] chunk = new byte[1 << 20];
    try (var ballast = Files.newOutputStream(disk.resolve("ballast"))) {
      for (long left = free - DISK_BYTES / 16; left > 0; left -= chunk.length) {
        ballast.write(chunk);
      }
    }
  }

  private String ofNode(String path) {
    return kubectl.get("get", "node", node.name(), "-o", "jsonpath=" + path);
  }

  private String status(String pod, String path) {
    return kubectl.get("get", "pod", pod, "-o", "jsonpath=" + path);
  }
}
