package io.hiberlet.node.pod;

import static io.hiberlet.node.FakeApiServer.podPath;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.hiberlet.node.Await;
import io.hiberlet.node.FakePodHandler.Termination;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReporter;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node does with the pods of an earlier process. */
class RememberedPodsTest extends PodControllerFixture {
  @Test
  void runsWhatIsRememberedBeforeTheServerIsReached() {
    handler.remember(pod("p", "uid-1"));
    controller.start();
    handler.reporterOf(POD).report(running("while offline"));
    assertEquals(List.of(), server.requests());

    server.putPod("p", "uid-1");
    controller.follow();
    Await.until("told", () -> "while offline".equals(status("message")));
    assertEquals(List.of(), handler.terminations());
  }

  @Test
  void endsWhatIsRememberedAndWasReplacedMeanwhile() {
    handler.remember(pod("p", "uid-0"));
    controller.start();
    PodReporter old = handler.reporterOf(new PodKey("n", "p", "uid-0"));
    old.report(running("old"));

    server.putPod("p", "uid-1");
    controller.follow();
    handler.reporterOf(POD).report(running("new"));
    Await.until("told", () -> "new".equals(status("message")));
    Await.until("ended", () -> !handler.terminations().isEmpty());
    assertEquals(
        List.of(new Termination(new PodKey("n", "p", "uid-0"), Duration.ZERO)),
        handler.terminations());
    assertFalse(server.requests().stream().anyMatch(r -> r.body().contains("old")));
  }

  @Test
  void endsWhatWasBeingDeletedBeforeTheServerIsReachedAndTellsItLater() {
    V1Pod leaving = pod("p", "uid-1");
    leaving.getMetadata().deletionTimestamp(SINCE.atOffset(ZoneOffset.UTC));
    handler.remember(leaving);
    controller.start();
    Await.until("ended", () -> !handler.terminations().isEmpty());
    assertEquals(List.of(), server.requests());

    server.putPod("p", "uid-1");
    askToDelete(30);
    controller.follow();
    Await.until("deleted", () -> server.get(podPath("p")) == null);
  }
}
