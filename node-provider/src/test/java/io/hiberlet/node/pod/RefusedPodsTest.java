package io.hiberlet.node.pod;

import static io.hiberlet.node.FakeApiServer.podPath;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.FakePodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.staticpod.StaticPods;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node that is short of something does with pods. */
class RefusedPodsTest {
  @TempDir Path directory;
  private final FakePodHandler handler = new FakePodHandler();
  private final AtomicReference<List<String>> pressures =
      new AtomicReference<>(List.of("DiskPressure"));
  private FakeApiServer server;
  private ApiServerAccess access;
  private EventRecorder events;
  private PodController controller;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
    access = server.access(directory);
    Clock clock = Clock.systemUTC();
    events = new EventRecorder(access.client(), "node", EventBacklog.NONE, clock);
    controller =
        new PodController(
            new OwnNode("node", "10.0.0.7", () -> Optional.of("node-uid")),
            access.client(),
            handler,
            new StaticPods(null, "node", why -> {}, clock),
            new NewPods(pressures::get),
            events,
            clock);
    events.start();
  }

  @AfterEach
  void close() {
    controller.close();
    events.close();
    access.close();
    server.close();
  }

  @Test
  void aNewPodFailsForGood() {
    server.putPod("p", "uid-1");
    start();
    Await.until("refused", () -> pod("p").contains("\"phase\":\"Failed\""));
    assertTrue(pod("p").contains("\"reason\":\"Evicted\""), pod("p"));
    Await.until(
        "the event",
        () ->
            server.requests().stream()
                .anyMatch(
                    request -> request.body().contains("The node had condition: [DiskPressure].")));
    pressures.set(List.of());
    server.putPod("q", "uid-2");
    handler.reporterOf(new PodKey("n", "q", "uid-2"));
    assertTrue(pod("p").contains("\"phase\":\"Failed\""), pod("p"));
    assertEquals(1, handler.synced().size());
  }

  @Test
  void aPodThatItHasGoesOn() {
    PodKey known = new PodKey("n", "p", "uid-1");
    handler.remember(known);
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(known);
    server.change(
        podPath("p"),
        pod -> {
          pod.getAsJsonObject("spec").addProperty("activeDeadlineSeconds", 7);
          return pod;
        });
    Await.until("the change is handed over", () -> handler.synced().size() == 2);
  }

  private void start() {
    controller.start();
    controller.follow();
  }

  private String pod(String name) {
    return server.get(podPath(name)).toString();
  }
}
