package io.hiberlet.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a service, with a service manager that is a socket of the test's own. */
final class ServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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
}
