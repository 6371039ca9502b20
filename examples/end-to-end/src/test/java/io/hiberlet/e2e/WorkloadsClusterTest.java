package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.RealControlPlane;
import io.hiberlet.e2e.AuditLog.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What the controllers and the scheduler of Kubernetes do with nodes of this kind: one story, told
 * in order, of two nodes, one of which dies early and comes back late.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WorkloadsClusterTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int REPLICAS = 4;

  /** Twice as long as from one lease to the next. */
  private static final String GRACE = "20s";

  /** Doubling pauses from 1 s on leave room for no more in this story. */
  private static final int MOST_REFUSALS = 9;

  private final AuditLog audit = AuditLog.in(folder());
  private Kubectl kubectl;
  private NodeUnderTest west;
  private NodeUnderTest east;

  @BeforeAll
  void startNodes() {
    Map<String, String> environment = new HashMap<>(audit.flags());
    environment.put("NODE_MONITOR_GRACE_PERIOD", GRACE);
    environment.put("CONTROLLER_MANAGER_FLAGS", "--node-monitor-period=1s --node-eviction-rate=10");
    TestCluster cluster = TestCluster.of(RealControlPlane.start(environment));
    kubectl = cluster.kubectl();
    west = NodeUnderTest.start(cluster, "west");
    east = NodeUnderTest.start(cluster, "east");
    Workloads.install(kubectl);
    west.awaitReady(kubectl);
    east.awaitReady(kubectl);
  }

  @AfterAll
  void stopNodes() {
    west.close();
    east.close();
  }

  @Test
  @Order(1)
  @DisplayName("A Deployment's pods are scheduled to both nodes and run")
  void deployment() {
    kubectl.apply(Workloads.agentForEveryNode("everywhere", "{}"));
    kubectl.apply(Workloads.agentForEveryNode("elsewhere", Workloads.ELSEWHERE));
    kubectl.apply(Workloads.deployment("moving", REPLICAS));
    awaitRollout("moving");
    assertEquals(Set.of("east", "west"), nodesOf("moving"));
    east.agent().kill();
  }

  @Test
  @Order(2)
  @DisplayName("A Job completes")
  void job() {
    kubectl.get("cordon", "east"); // dead, but nobody has noticed yet
    kubectl.apply(Workloads.job("work", 3));
    kubectl.get("wait", "--for=condition=complete", "job/work", "--timeout=120s");
    assertEquals("3", kubectl.get("get", "job", "work", "-o", "jsonpath={.status.succeeded}"));
  }

  @Test
  @Order(3)
  @DisplayName("A DaemonSet with a node affinity and a toleration runs on the node")
  void daemonSet() {
    kubectl.apply(Workloads.daemonSet("resident"));
    await("its pod runs")
        .atMost(PATIENCE)
        .until(() -> running("resident", "west").contains("resident-"));
  }

  @Test
  @Order(4)
  @DisplayName("The pods of a node that was killed move to the other one")
  void failover() {
    await("the taint, the eviction, and new pods")
        .atMost(PATIENCE)
        .until(() -> running("moving", "west").lines().count() == REPLICAS);
    assertEquals("Unknown", readiness("east"));
  }

  @Test
  @Order(5)
  @DisplayName("A node that comes back ends the pods that moved away from it")
  void comeback() {
    kubectl.get("uncordon", "east");
    east.startAgain();
    await("the end of what was evicted")
        .atMost(PATIENCE)
        .until(
            () -> readiness("east").equals("True") && pods("moving").lines().count() == REPLICAS);
  }

  @Test
  @Order(6)
  @DisplayName("A rolling update replaces every pod")
  void rollingUpdate() {
    kubectl.get("set", "env", "deployment/moving", "EDITION=2");
    awaitRollout("moving");
    await("the end of the old pods")
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .get(
                        "get",
                        "pods",
                        "-l",
                        "app=moving",
                        "-o",
                        "jsonpath={.items[*].spec.containers[0].env[0].value}")
                    .equals("2 2 2 2"));
  }

  @Test
  @Order(7)
  @DisplayName("kubectl drain empties the node but for its DaemonSets")
  void drain() {
    kubectl.apply(Workloads.pod("alone", "west"));
    kubectl.get("wait", "--for=condition=Ready", "pod/alone", "--timeout=60s");
    kubectl.get("drain", "west", "--ignore-daemonsets", "--force", "--timeout=120s");
    awaitRollout("moving");
    assertEquals(Set.of("east"), nodesOf("moving"));
    assertTrue(kubectl.run("get", "pod", "alone").stderr().contains("NotFound"));
    assertTrue(running("resident", "west").contains("resident-"));
    kubectl.get("uncordon", "west");
  }

  @Test
  @Order(8)
  @DisplayName("A node that is deleted while its agent runs registers again and keeps its pods")
  void deletedNode() {
    String node = uid("node", "east");
    String pods = pods("moving");
    kubectl.get("delete", "node", "east");
    await("a new Node")
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl.run("get", "node", "east").exitCode() == 0
                    && readiness("east").equals("True"));
    assertNotEquals(node, uid("node", "east"));
    assertEquals(pods, pods("moving"));
  }

  @Test
  @Order(9)
  @DisplayName("A DaemonSet that is no Wasm controller is refused once for each of its pods")
  void refusedDaemonSet() {
    List<String> patched =
        requests().stream()
            .filter(entry -> entry.uri().contains("/pods/everywhere-"))
            .filter(entry -> entry.verb().equals("patch"))
            .map(Entry::uri)
            .toList();
    assertEquals(Set.copyOf(patched).size(), patched.size(), () -> "more than once: " + patched);
    System.out.println("refusals of a DaemonSet's pods on two nodes: " + patched.size());
    assertTrue(!patched.isEmpty() && patched.size() <= 2 * MOST_REFUSALS, patched::toString);
    assertTrue(kubectl.get("get", "events").contains("NotAController"));
  }

  @Test
  @Order(10)
  @DisplayName("A DaemonSet with the documented affinity stays away")
  void absentDaemonSet() {
    assertEquals(
        "0",
        kubectl.get(
            "get", "daemonset", "elsewhere", "-o", "jsonpath={.status.desiredNumberScheduled}"));
  }

  @Test
  @Order(11)
  @DisplayName("Nothing that the nodes asked for was forbidden")
  void nothingForbidden() {
    assertEquals(List.of(), requests().stream().filter(Entry::isRefused).toList());
  }

  private List<Entry> requests() {
    return audit.entries().stream()
        .filter(entry -> entry.user().startsWith("system:node:"))
        .toList();
  }

  private void awaitRollout(String deployment) {
    kubectl.get("rollout", "status", "deployment/" + deployment, "--timeout=120s");
  }

  private Set<String> nodesOf(String app) {
    String nodes =
        kubectl.get(
            "get",
            "pods",
            "-l",
            "app=" + app,
            "--field-selector=status.phase=Running",
            "-o",
            "jsonpath={range .items[*]}{.spec.nodeName}{\"\\n\"}{end}");
    return nodes.lines().collect(Collectors.toSet());
  }

  /** UID and restarts of an application's pods, of those that end, too. */
  private String pods(String app) {
    return kubectl.get(
        "get",
        "pods",
        "-l",
        "app=" + app,
        "-o",
        "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount}"
            + "{\"\\n\"}{end}");
  }

  /** The names of an application's pods that run on a node and are to stay. */
  private String running(String app, String node) {
    return kubectl.get(
        "get",
        "pods",
        "-l",
        "app=" + app,
        "--field-selector=status.phase=Running,spec.nodeName=" + node,
        "-o",
        "go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}}"
            + "{{\"\\n\"}}{{end}}{{end}}");
  }

  private String readiness(String node) {
    return kubectl.get(
        "get", "node", node, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}");
  }

  private String uid(String kind, String name) {
    return kubectl.get("get", kind, name, "-o", "jsonpath={.metadata.uid}");
  }

  private static Path folder() {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      return Files.createTempDirectory(target, "audit-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
