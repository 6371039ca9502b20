package io.hiberlet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.event.EventBacklog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeProviderTest {
  private static final String NODE = "/api/v1/nodes/node";

  @TempDir Path directory;
  private final FakePodHandler handler = new FakePodHandler();

  @Test
  void becomesReadyWhenTheServerIsBackAndRunsPods() throws Exception {
    try (var server = new FakeApiServer();
        var access = server.access(directory);
        var provider =
            new NodeProvider(options("node"), access, handler, List::of, EventBacklog.NONE)) {
      server.failOnce(request -> request.path().equals(NODE), 503);
      server.failOnce(request -> request.path().equals("/api/v1/pods"), 500);
      assertFalse(provider.ready());
      provider.start(10_250);
      assertTrue(provider.awaitReady(Duration.ofSeconds(60)));
      assertTrue(provider.ready());
      Await.until("Ready", () -> server.get(NODE).toString().contains("KubeletReady"));

      server.putPod("p", "uid-1");
      handler.reporterOf(new PodKey("n", "p", "uid-1"));
      assertEquals(1, provider.pods().list().size());
      assertEquals("uid-1", provider.pods().get("n", "p").orElseThrow().getMetadata().getUid());
      Await.until("an event", () -> !server.paths("/api/v1/namespaces/default/events").isEmpty());
    }
  }

  @Test
  void tellsThatTheMachineGoesDownAndTakesNoMorePods() throws Exception {
    try (var server = new FakeApiServer();
        var access = server.access(directory);
        var provider =
            new NodeProvider(options("node"), access, handler, List::of, EventBacklog.NONE)) {
      provider.start(10_250);
      assertTrue(provider.awaitReady(Duration.ofSeconds(60)));
      server.putPod("p", "uid-1");
      handler.reporterOf(new PodKey("n", "p", "uid-1"));

      provider.announceShutdown(Duration.ofSeconds(60));
      assertTrue(server.get(NODE).toString().contains("node is shutting down"));
      server.putPod("q", "uid-2");
      Await.until(
          "refused", () -> server.get(FakeApiServer.podPath("q")).toString().contains("Failed"));
      String refused = server.get(FakeApiServer.podPath("q")).toString();
      assertTrue(refused.contains("NodeShutdown"), refused);
      assertEquals(1, handler.synced().size());
      Await.until(
          "the event",
          () ->
              server.requests().stream()
                  .anyMatch(request -> request.body().contains("detected shutdown event")));
    }
  }

  @Test
  void doesNotWaitForAServerThatIsAwayWhenTheMachineGoesDown() throws Exception {
    var server = new FakeApiServer();
    try (var access = server.access(directory);
        var provider =
            new NodeProvider(options("node"), access, handler, List::of, EventBacklog.NONE)) {
      provider.start(10_250);
      assertTrue(provider.awaitReady(Duration.ofSeconds(60)));
      server.close();
      assertTimeout(Duration.ofSeconds(30), () -> provider.announceShutdown(Duration.ofMillis(50)));
    }
  }

  @Test
  void closesWhileTheServerIsAway() throws Exception {
    var server = new FakeApiServer();
    try (var access = server.access(directory);
        var provider =
            new NodeProvider(options("node"), access, handler, List::of, EventBacklog.NONE)) {
      server.close();
      provider.start(10_250);
      assertFalse(provider.awaitReady(Duration.ofMillis(50)));
    }
  }

  @Test
  void refusesNamesAndCapacitiesThatKubernetesWouldRefuse() {
    assertThrows(IllegalArgumentException.class, () -> options("Node_1"));
    assertThrows(IllegalArgumentException.class, () -> options(""));
    assertThrows(IllegalArgumentException.class, () -> new NodeCapacity(0, 1, 1));
  }

  private NodeOptions options(String name) throws Exception {
    return TestNode.options(name, "10.0.0.7", new NodeCapacity(1000, 1 << 30, 10), directory);
  }
}
