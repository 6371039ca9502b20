package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An agent that starts while nobody can reach the API server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerAway {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern SERVER = Pattern.compile("https://[^\\s:]+:\\d+");

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private Gate gate;

  ServerAway(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startReapers() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-7");
    gate = gateBefore(node.kubeconfig());
    node.startAgain();
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    Reaper.install(kubectl);
    kubectl.apply(Reaper.pod("kept"));
    kubectl.apply(Reaper.pod("doomed"));
    Reaper.awaitSleep(kubectl, "kept");
    Reaper.awaitSleep(kubectl, "doomed");
  }

  /** From now on the agent comes to its server through this gate only. */
  private static Gate gateBefore(Path kubeconfig) throws IOException {
    String text = Files.readString(kubeconfig);
    Matcher server = SERVER.matcher(text);
    if (!server.find()) {
      throw new IllegalStateException("no server in " + kubeconfig);
    }
    URI uri = URI.create(server.group());
    Gate gate = new Gate(new InetSocketAddress(uri.getHost(), uri.getPort()));
    Files.writeString(
        kubeconfig, server.replaceAll("https://" + uri.getHost() + ":" + gate.port()));
    return gate;
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "pod", "-n", Reaper.NAMESPACE, "--all", "--timeout=60s");
    node.close();
    gate.close();
  }

  @Test
  void runsItsPodsAtOnceAndMakesUpForItLater() throws IOException {
    String kept = identity("kept");
    Path doomed = files("doomed");
    kubectl.apply(Reaper.finished("reaped", "20", node.name()));
    await("the timer is set").atMost(PATIENCE).until(() -> status("kept").contains("timer"));
    gate.shut();
    node.agent().stop();
    long before = failures("kept");
    node.startAgain();

    await("a controller that tries to do its work")
        .atMost(PATIENCE)
        .until(() -> failures("kept") > before);
    kubectl.get("delete", "pod", "-n", Reaper.NAMESPACE, "doomed", "--force", "--grace-period=0");
    gate.open();

    await("the work that waited")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "pod", "reaped").stderr().contains("NotFound"));
    await("the end of what was deleted meanwhile")
        .atMost(PATIENCE)
        .until(() -> !Files.exists(doomed));
    assertEquals(kept, identity("kept"));
  }

  private String status(String pod) {
    return kubectl.run("exec", "-n", Reaper.NAMESPACE, pod, "--", "hiberlet", "status").stdout();
  }

  /** UID and restarts. */
  private String identity(String pod) {
    return kubectl.get(
        "get",
        "pod",
        "-n",
        Reaper.NAMESPACE,
        pod,
        "-o",
        "jsonpath={.metadata.uid} {.status.containerStatuses[0].restartCount}");
  }

  private Path files(String pod) {
    String uid =
        kubectl.get("get", "pod", "-n", Reaper.NAMESPACE, pod, "-o", "jsonpath={.metadata.uid}");
    return node.folder().resolve("data/pods").resolve(uid);
  }

  /** How often it has told that it could not delete the pod. */
  private long failures(String pod) throws IOException {
    return Files.readString(files(pod).resolve("pod-reaper/log/0.log"))
        .lines()
        .filter(line -> line.contains("default/reaped: "))
        .count();
  }
}
