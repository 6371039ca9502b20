package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of logs, exec and attach that come and go at any moment, in any way, as in many days of a
 * node: nothing may be left of them. {@code -Dhiberlet.faults.connections=N} says how many, {@code
 * -Dhiberlet.faults.seed=…} which.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConnectionSoakTest {
  private static final int CONNECTIONS = Integer.getInteger("hiberlet.faults.connections", 300);
  private static final long SEED = Long.getLong("hiberlet.faults.seed", System.nanoTime());
  private static final int AT_A_TIME = 8;

  private Kubectl kubectl;
  private NodeUnderTest node;
  private KubeletClient client;
  private int port;

  @BeforeAll
  void startNode(@TempDir Path folder) throws Exception {
    TestCluster cluster = TestCluster.development();
    kubectl = cluster.kubectl();
    client = KubeletClient.in(folder);
    node = NodeUnderTest.admitted(cluster, "edge-14");
    Path config = node.folder().resolve("agent.yaml");
    String before = Files.readString(config);
    Files.writeString(
        config,
        before.replace(cluster.kubeletClientCa().toString(), client.authority().toString()));
    GuestPods pods = new GuestPods(node);
    pods.install();
    node.startAgain();
    node.awaitReady(kubectl);
    kubectl.apply(pods.pod("visited", "containers: [{name: echo, image: x}]"));
    kubectl.get("wait", "--for=condition=Ready", "pod/visited", "--timeout=90s");
    String path = "{.status.daemonEndpoints.kubeletEndpoint.Port}";
    port = Integer.parseInt(kubectl.get("get", "node", node.name(), "-o", "jsonpath=" + path));
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "visited", "--timeout=60s");
    node.close();
  }

  @Test
  @DisplayName("Nothing is left of clients that come and go at any moment")
  void nothingIsLeft() throws Exception {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    visit(CONNECTIONS / 3, random); // until everything is loaded and compiled
    awaitNobody();
    Usage before = usage();
    visit(CONNECTIONS, random);
    awaitNobody();
    await("as little as before, seed " + SEED + ": " + before)
        .atMost(Duration.ofMinutes(1))
        .until(this::usage, after -> after.isNearly(before));
    Usage after = usage();
    System.out.printf("%d connections, seed %d: %s, then %s%n", CONNECTIONS, SEED, before, after);
    assertAnswered(client.get(port, "/metrics"));
  }

  /** Or the clients never came so far. */
  private static void assertAnswered(String metrics) {
    for (String answer :
        List.of("200\",route=\"containerLogs", "101\",route=\"exec", "101\",route=\"attach")) {
      assertTrue(metrics.contains("requests_total{code=\"" + answer + "\"}"), metrics);
    }
    assertTrue(Usage.number(metrics, "hiberlet_wake_seconds_count") > 10, metrics);
  }

  private void visit(int connections, RandomGenerator random) throws Exception {
    List<Visit> visits = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      visits.add(Visit.draw(random));
    }
    try (var visitors = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Future<?>> running = new ArrayList<>();
      for (Visit visit : visits) {
        running.add(visitors.submit(() -> visit.pay(client, port)));
      }
      for (Future<?> visitor : running) {
        visitor.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("seed " + SEED, e);
    }
    assertTrue(node.agent().isAlive(), () -> node.agent().log());
  }

  /** One asks how many there are. */
  private void awaitNobody() {
    await("nobody left, seed " + SEED)
        .atMost(Duration.ofMinutes(1))
        .until(() -> client.get(port, "/metrics"), page -> page.contains("under_way 1.0\n"));
  }

  private Usage usage() throws IOException {
    return Usage.of(node.agent().process(), () -> client.get(port, "/metrics"));
  }
}
