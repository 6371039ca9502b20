package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The main job, as a user does it with kubectl. The tests are one story, told in order on one node:
 * a ring of three controllers, each of which copies a namespace's resources to the next.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class MainJob {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> CONTROLLERS = List.of("ring-0", "ring-1", "ring-2");

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private Freight freight;
  private NodeUnderTest node;

  MainJob(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-1");
    ServingCertificates.approveFor(kubectl, node.name());
    freight = Freight.of(kubectl);
    Ring.install(kubectl);
    Heartbeat.start(kubectl);
  }

  @AfterAll
  void stopNode() {
    node.close();
    Ring.remove(kubectl);
    Heartbeat.remove(kubectl);
  }

  @Test
  @Order(1)
  void theNodeBecomesReady() {
    node.awaitReady(kubectl);
    assertEquals(
        "hiberlet.io/runtime=wasm:NoSchedule",
        kubectl.get(
            "get",
            "node",
            "edge-1",
            "-o",
            "jsonpath={range .spec.taints[?(@.key==\"hiberlet.io/runtime\")]}"
                + "{.key}={.value}:{.effect}{end}"));
  }

  @Test
  @Order(2)
  void aChangeGoesRoundTheRing() {
    Ring.start(kubectl, freight);
    setNonce("1");
    awaitNonce("ring-2", "1");
  }

  @Test
  @Order(3)
  void idleControllersHibernateAndWakeForTheNextChange() {
    awaitHibernation();
    setNonce("2");
    awaitNonce("ring-2", "2");
    awaitHibernation();
  }

  @Test
  @Order(4)
  void logsAndStatusComeThroughTheApiServer() {
    await("logs").atMost(PATIENCE).until(() -> kubectl.run(logs("ring-0")).exitCode() == 0);
    assertTrue(kubectl.get(logs("ring-0")).contains("hello: created in ring-1"));
    String status = kubectl.get(exec("ring-0", "hiberlet", "status"));
    assertTrue(status.contains("hibernated"), status);
    assertTrue(status.contains("watch"), status);
    Command.Result refused = kubectl.run(exec("ring-0", "sh"));
    assertEquals(126, refused.exitCode());
    assertTrue(refused.stderr().contains("has no exec handler"), refused.stderr());
  }

  @Test
  @Order(4)
  void whatAControllerDoesNotOfferIsRefusedInPlainWords() {
    Command.Result forwarded =
        kubectl.run("port-forward", "-n", "ring-operator", "ring-0", ":8080");
    assertEquals(1, forwarded.exitCode());
    assertTrue(
        forwarded.stderr().contains("port forwarding is not supported on this node"),
        forwarded.stderr());
    Command.Result copied = kubectl.run("cp", "ring-operator/ring-0:/etc/hosts", "target/hosts");
    String said = copied.stdout() + copied.stderr();
    assertTrue(said.contains("kubectl cp is not supported on this node"), said);
  }

  @Test
  @Order(5)
  void followedLogsGoOnThroughHibernation() {
    try (Following following = Following.logs(kubectl, "ring-operator", "ring-0")) {
      following.awaitLine("hello: created in ring-1");
      setNonce("3");
      awaitNonce("ring-2", "3");
      following.awaitLine("hello: updated in ring-1", 2);
      awaitHibernation();
      setNonce("4");
      following.awaitLine("hello: updated in ring-1", 3);
    }
    awaitNonce("ring-2", "4");
  }

  @Test
  @Order(5)
  void whoAttachesSeesWhatComesAndWakesNobody() throws Exception {
    awaitHibernation();
    long lists = Ring.lists(kubectl);
    try (Following attached = Following.attached(kubectl, "ring-operator", "ring-0")) {
      AtomicInteger changes = new AtomicInteger();
      await("output of ring-0")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500)) // one that was made before it was attached is lost
          .until(
              () -> {
                setNonce("10" + changes.incrementAndGet());
                return attached.shows("hello: updated in ring-1");
              });
      assertFalse(attached.shows("hello: created in ring-1"), "that was before");
      awaitNonce("ring-2", "10" + changes.get());
      awaitHibernation();
      assertEquals(lists, Ring.lists(kubectl));
    }
  }

  @Test
  @Order(6)
  void whatHappensWhileTheAgentIsDownIsReconciledByControllersThatNeverNoticed() {
    kubectl.apply(freight.manifest("ring-0", "doomed", "1"));
    awaitNonce("ring-2", "doomed", "1");
    awaitHibernation();
    List<String> before = identities();
    long listsBefore = Ring.lists(kubectl);
    assertTrue(listsBefore >= CONTROLLERS.size(), "each has listed once at least");

    node.agent().kill();
    setNonce("5");
    kubectl.get("delete", freight.resource, "-n", "ring-0", "doomed");
    node.startAgain();

    awaitNonce("ring-2", "5");
    await("the deletion in ring-2")
        .atMost(PATIENCE)
        .until(() -> kubectl.run(get("ring-2", "doomed")).stderr().contains("NotFound"));
    awaitHibernation();
    assertEquals(before, identities());
    assertEquals(listsBefore, Ring.lists(kubectl), "a controller listed anew");
  }

  @Test
  @Order(7)
  void anAgentThatIsStoppedPutsEverybodyToSleepFirst() {
    setNonce("6");
    awaitNonce("ring-2", "6");
    List<String> before = identities();
    assertEquals(0, node.agent().stop());
    setNonce("7");
    node.startAgain();
    awaitNonce("ring-2", "7");
    assertEquals(before, identities());
  }

  @Test
  @Order(8)
  void aDeletedControllerIsGoneWithItsState() {
    kubectl.get("delete", "pod", "-n", "ring-operator", "ring-2", "--timeout=60s");
    setNonce("8");
    awaitNonce("ring-2", "8");
    assertFalse(kubectl.get("get", "pods", "-n", "ring-operator", "-o", "name").contains("ring-2"));
  }

  /** It keeps its count on the stack, through all that happened to the node until now. */
  @Test
  @Order(9)
  void aProgramThatWaitsSleepsWhereItWaits() {
    Heartbeat.awaitSleep(kubectl);
    int beats = Heartbeat.beats(kubectl);
    assertTrue(beats > 1, "beats: " + beats);
    Heartbeat.awaitMoreThan(kubectl, beats);
    assertEquals(
        "0",
        kubectl.get(
            "get",
            "pod",
            "-n",
            "heartbeat",
            "heartbeat",
            "-o",
            "jsonpath={.status.containerStatuses[0].restartCount}"));
  }

  NodeUnderTest node() {
    return node;
  }

  Kubectl kubectl() {
    return kubectl;
  }

  private void awaitHibernation() {
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated",
        "-n",
        "ring-operator",
        "pod",
        "--all",
        "--timeout=90s");
  }

  private void setNonce(String nonce) {
    kubectl.apply(freight.manifest("ring-0", "hello", nonce));
  }

  private void awaitNonce(String namespace, String nonce) {
    awaitNonce(namespace, "hello", nonce);
  }

  private void awaitNonce(String namespace, String name, String nonce) {
    await(name + " " + nonce + " in " + namespace)
        .atMost(PATIENCE)
        .until(() -> kubectl.run(get(namespace, name)).stdout().equals(nonce));
  }

  /** UID and restarts of each controller's pod. */
  private List<String> identities() {
    return CONTROLLERS.stream()
        .map(
            pod ->
                kubectl.get(
                    "get",
                    "pod",
                    "-n",
                    "ring-operator",
                    pod,
                    "-o",
                    "jsonpath={.metadata.uid} {.status.containerStatuses[0].restartCount}"))
        .collect(Collectors.toList());
  }

  private String[] get(String namespace, String name) {
    return new String[] {
      "get", freight.resource, "-n", namespace, name, "-o", "jsonpath=" + freight.jsonPath
    };
  }

  private static String[] logs(String pod) {
    return new String[] {"logs", "-n", "ring-operator", pod};
  }

  private static String[] exec(String pod, String... command) {
    List<String> words = new ArrayList<>(List.of("exec", "-n", "ring-operator", pod, "--"));
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }
}
