package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
 * Controllers with client-go, on a real control plane and an agent with 160 MiB of heap. Skipped
 * where no toolchain for Go is. What it prints is in {@code docs/performance.md}.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class GoControllersClusterTest {
  private static final int MANY = 100;
  private static final int CHANGES = 1000;
  private static final int AT_ONCE = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Compiling it is the longest part. */
  private static final Duration FIRST_START = Duration.ofMinutes(6);

  private Kubectl kubectl;
  private NodeUnderTest node;

  @BeforeAll
  void startNode() throws IOException {
    Path module = GoModules.build("ring-operator");
    TestCluster cluster = TestCluster.real();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-go");
    GoRing.install(kubectl, node, module);
    startAgent();
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    System.out.printf("module: %,d bytes%n", Files.size(module));
  }

  @AfterAll
  void stopNode() {
    if (node != null) {
      deletePods();
      node.close();
    }
  }

  private void startAgent() {
    node.startAgain(Map.of("HIBERLET_JAVA_OPTS", "-Xmx160m"));
  }

  @Test
  @Order(1)
  @DisplayName("A hundred of one module sleep on an agent with 160 MiB, and wake in turn")
  void aHundredOfOneModule() throws IOException {
    long begun = System.nanoTime();
    kubectl.apply(GoRing.manifest(MANY, "2s"));
    awaitHibernation(MANY, FIRST_START);
    System.out.printf("%d running and asleep after %.1f s%n", MANY, secondsSince(begun));
    peak();

    node.agent().kill();
    startAgent();
    long change = System.nanoTime();
    kubectl.apply(GoRing.configMaps("ring-7", 2000, 1, 7));
    await("a change that went round all of them")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertEquals("7", GoRing.nonces(kubectl, "ring-6").get("item-2000")));
    System.out.printf("a change went round all of them in %.1f s%n", secondsSince(change));
    GoRing.agent(kubectl, "ring-3", "resume");
    System.out.println(GoRing.usage(kubectl, node, "ring-3"));
    awaitHibernation(MANY, PATIENCE);
    peak();
    assertUnharmed();
  }

  @Test
  @Order(2)
  @DisplayName(
      "Of a thousand changes none is lost, with a hibernation after each wake and an agent killed")
  void aThousandChanges() throws IOException {
    deletePods();
    kubectl.apply(GoRing.manifest(2, "0s"));
    awaitHibernation(2, PATIENCE);
    long begun = System.nanoTime();
    for (int i = 0; i < CHANGES; i += AT_ONCE) {
      kubectl.apply(GoRing.configMaps("ring-0", i % (CHANGES / 2), AT_ONCE, i));
      if (i == CHANGES / 2) {
        sleepsAfterEachWake();
        node.agent().kill();
        startAgent();
      }
    }
    await("all changes in the next namespace")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> assertEquals(GoRing.nonces(kubectl, "ring-0"), GoRing.nonces(kubectl, "ring-1")));
    double seconds = secondsSince(begun);
    awaitHibernation(2, PATIENCE);
    assertTrue(GoRing.nonces(kubectl, "ring-1").size() >= CHANGES / 2);
    sleepsAfterEachWake();
    System.out.printf(
        "%,d changes in %.1f s, %.1f ms each%n", CHANGES, seconds, seconds * 1000 / CHANGES);
    System.out.println(GoRing.usage(kubectl, node, "ring-0"));
    peak();
    assertUnharmed();
  }

  /** But for the wake that it may be in at the moment. */
  private void sleepsAfterEachWake() {
    for (String pod : new String[] {"ring-0", "ring-1"}) {
      String status = GoRing.agent(kubectl, pod, "status");
      GoRing.Counts counts = GoRing.Counts.of(status);
      System.out.printf("%s: %s%n", pod, counts);
      assertTrue(counts.wakes() > CHANGES / 100, status);
      assertTrue(counts.hibernations() >= counts.wakes() - 1, status);
    }
  }

  private void awaitHibernation(int operators, Duration patience) {
    await("hibernation of all")
        .atMost(patience)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertEquals(operators, GoRing.asleep(kubectl)));
  }

  private void deletePods() {
    kubectl.run("delete", "pod", "-n", GoRing.NAMESPACE, "--all", "--timeout=60s");
  }

  private void peak() throws IOException {
    System.out.printf("the most the agent had in memory: %,d KiB%n", node.agent().peakKibibytes());
  }

  private void assertUnharmed() {
    assertTrue(node.agent().isAlive());
    assertFalse(node.agent().log().contains("OutOfMemoryError"), node.agent()::log);
    assertEquals(List.of(), GoRing.restarts(kubectl));
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }
}
