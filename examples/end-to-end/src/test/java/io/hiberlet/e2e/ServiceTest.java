package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a service, with a service manager that is a socket of the test's own. */
final class ServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String[] READY_OF_NODE = {
    "get",
    "node",
    "edge-4",
    "-o",
    "jsonpath={.status.conditions[?(@.type==\"Ready\")]['status','reason','message']}"
  };
  private static final String[] LIFE_OF_POD = {
    "get",
    "pod",
    "stays",
    "-o",
    "jsonpath={.metadata.uid} {.status.phase} {.status.containerStatuses[0].restartCount}"
        + " {.status.containerStatuses[0].state.running.startedAt}"
  };

  @TempDir private Path temporary;

  @Test
  void tellsWhenItIsReadyAliveAndStopping() {
    TestCluster cluster = TestCluster.development();
    Path socket = temporary.resolve("notify");
    try (NodeUnderTest identity = NodeUnderTest.admitted(cluster, "edge-4");
        NotifySocket manager = new NotifySocket(socket);
        AgentProcess agent =
            AgentProcess.start(
                temporary.resolve("agent.log"),
                identity.options(),
                Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "1000000"))) {
      await("READY=1").atMost(PATIENCE).until(() -> manager.heard().contains("READY=1"));
      await("WATCHDOG=1").atMost(PATIENCE).until(() -> manager.heard().contains("WATCHDOG=1"));
      assertEquals(0, agent.stop(), agent::log);
      assertTrue(manager.heard().contains("STOPPING=1"), () -> manager.heard().toString());
    }
  }

  /** By what systemctl says, which here is a program of the test's own. */
  @Test
  void tellsTheClusterWhenTheMachineGoesDownAndGoesOnAfterIt() throws IOException {
    TestCluster cluster = TestCluster.development();
    Kubectl kubectl = cluster.kubectl();
    Path systemctl =
        Files.writeString(temporary.resolve("systemctl"), "#!/bin/sh\necho stopping\n");
    Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwx------"));
    String path = temporary + ":" + System.getenv("PATH");
    try (NodeUnderTest node = NodeUnderTest.admitted(cluster, "edge-4")) {
      GuestPods pods = new GuestPods(node);
      pods.install();
      try (AgentProcess agent =
          AgentProcess.start(
              temporary.resolve("agent.log"), node.options(), Map.of("PATH", path))) {
        node.awaitReady(kubectl);
        kubectl.apply(pods.pod("stays", "containers: [{name: echo, image: x}]"));
        kubectl.get("wait", "--for=condition=Ready", "pod/stays", "--timeout=90s");
        assertEquals(0, agent.stop(), agent::log);
      }
      assertEquals("False KubeletNotReady node is shutting down", kubectl.get(READY_OF_NODE));
      String life = kubectl.get(LIFE_OF_POD);
      node.startAgain();
      node.awaitReady(kubectl);
      await("the pod").atMost(PATIENCE).until(() -> kubectl.get(LIFE_OF_POD), life::equals);
    } finally {
      kubectl.run("delete", "pod", "stays", "--force", "--grace-period=0");
    }
  }
}
