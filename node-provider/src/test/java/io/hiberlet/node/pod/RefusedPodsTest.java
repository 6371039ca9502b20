package io.hiberlet.node.pod;

import static io.hiberlet.node.FakeApiServer.podPath;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.hiberlet.node.PodKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node that is short of something does with pods. */
class RefusedPodsTest extends PodControllerFixture {
  @Test
  void aNewPodFailsForGood() {
    pressures.set(List.of("DiskPressure"));
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
    pressures.set(List.of("DiskPressure"));
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

  private String pod(String name) {
    return server.get(podPath(name)).toString();
  }
}
