package io.hiberlet.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The pod reaper: a controller that sleeps until the next finished pod is due. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FinishedPods {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

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
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    Reaper.install(kubectl);
    kubectl.apply(Reaper.pod("pod-reaper"));
    Reaper.awaitSleep(kubectl, "pod-reaper");
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "pod", "-n", Reaper.NAMESPACE, "--all", "--timeout=60s");
    node.close();
  }

  @Test
  void aFinishedPodIsDeletedWhenItsTimeHasComeAndNoOther() {
    kubectl.apply(Reaper.finished("kept", "never", node.name()));
    kubectl.apply(Reaper.finished("reaped", "3", node.name()));
    await("the end of the pod that is due")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "pod", "reaped").stderr().contains("NotFound"));
    assertEquals("Failed", kubectl.get("get", "pod", "kept", "-o", "jsonpath={.status.phase}"));
    Reaper.awaitSleep(kubectl, "pod-reaper");
  }

  @Test
  void theReaperCarriesOutCommandsAndSleepsAgain() {
    String status = kubectl.get(exec("status"));
    assertTrue(status.contains("pods have ended; ttl"), status);
    String pod = Reaper.finished("asked", "never", node.name());
    String json =
        kubectl.runWithInput(pod, "create", "--dry-run=client", "-o", "json", "-f", "-").orThrow();
    assertEquals("default/asked stays\n", kubectl.runWithInput(json, exec("judge")).orThrow());
    Command.Result confused = kubectl.runWithInput("no JSON", exec("judge"));
    assertEquals(1, confused.exitCode());
    assertTrue(confused.stderr().contains("the input is no JSON"), confused.stderr());
    Command.Result unknown = kubectl.run(exec("bury", "the dead"));
    assertEquals(127, unknown.exitCode());
    assertTrue(unknown.stderr().contains("unknown command \"bury the dead\""), unknown.stderr());
    Reaper.awaitSleep(kubectl, "pod-reaper");
  }

  private static String[] exec(String... command) {
    Stream<String> begin = Stream.of("exec", "-i", "-n", Reaper.NAMESPACE, "pod-reaper", "--");
    return Stream.concat(begin, Stream.of(command)).toArray(String[]::new);
  }
}
