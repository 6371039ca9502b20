package io.hiberlet.node.pod;

import static io.hiberlet.node.FakeApiServer.podPath;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakePodHandler.Termination;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PodControllerTest extends PodControllerFixture {
  @Test
  void writesTheStatusOfAPod() {
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD).report(running("a"));
    Await.until("Running", () -> "Running".equals(status("phase")));
    assertEquals("10.0.0.7", status("podIP"));
    assertEquals("a", status("message"));
  }

  @Test
  void handsOverChangesOfSpecAndMetadataButNotOfStatus() {
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD).report(running("a"));
    Await.until("written", () -> "a".equals(status("message")));
    server.change(
        podPath("p"),
        pod -> {
          JsonObject annotations = new JsonObject();
          annotations.addProperty("a", "b");
          pod.getAsJsonObject("metadata").add("annotations", annotations);
          return pod;
        });
    Await.until("second sync", () -> handler.synced().size() == 2);
    assertEquals("b", handler.synced().get(1).getMetadata().getAnnotations().get("a"));
  }

  @Test
  void retriesAStatusUntilItIsTakenAndSendsTheNewest() {
    server.putPod("p", "uid-1");
    for (int i = 0; i < 3; i++) {
      server.failOnce(request -> request.method().equals("PATCH"), 500);
    }
    start();
    PodReporter reporter = handler.reporterOf(POD);
    for (int i = 0; i < 50; i++) {
      reporter.report(running("report " + i));
    }
    Await.until("the newest", () -> "report 49".equals(status("message")));
  }

  @Test
  void writesAgainWhatSomebodyElseOverwrote() {
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD).report(running("mine"));
    Await.until("mine", () -> "mine".equals(status("message")));
    server.change(
        podPath("p"),
        pod -> {
          pod.getAsJsonObject("status").addProperty("message", "theirs");
          return pod;
        });
    Await.until("mine again", () -> "mine".equals(status("message")));
  }

  @Test
  void writesNothingWhenNothingChanged() {
    server.putPod("p", "uid-1");
    server.putPod("q", "uid-2");
    start();
    PodReporter reporter = handler.reporterOf(POD);
    reporter.report(running("same"));
    Await.until("written", () -> "same".equals(status("message")));
    reporter.report(running("same"));
    PodReporter other = handler.reporterOf(new PodKey("n", "q", "uid-2"));
    other.report(running("first"));
    Await.until("other", () -> server.count("PATCH", podPath("q") + "/status") == 1);
    reporter.report(running("same"));
    other.report(running("second"));
    Await.until("other again", () -> server.count("PATCH", podPath("q") + "/status") == 2);
    assertEquals(1, server.count("PATCH", podPath("p") + "/status"));
  }

  @Test
  void tellsThatItHasSeenANewGeneration() {
    server.putPod("p", "uid-1");
    server.change(podPath("p"), pod -> withGeneration(pod, 1));
    start();
    handler.reporterOf(POD).report(running("same"));
    Await.until("the first", () -> "1".equals(status("observedGeneration")));
    server.change(podPath("p"), pod -> withGeneration(pod, 2));
    Await.until("the second", () -> "2".equals(status("observedGeneration")));
  }

  private static JsonObject withGeneration(JsonObject pod, int generation) {
    pod.getAsJsonObject("metadata").addProperty("generation", generation);
    return pod;
  }

  @Test
  void deletesAPodWhenItHasEnded() {
    var ended = new CompletableFuture<Void>();
    handler.onTerminate(termination -> ended);
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD).report(running("a"));
    Await.until("Running", () -> "Running".equals(status("phase")));
    askToDelete(30);
    Await.until("asked to end", () -> handler.terminations().size() == 1);
    assertEquals(Duration.ofSeconds(30), handler.terminations().get(0).grace());
    askToDelete(5);
    Await.until("asked to hurry", () -> handler.terminations().size() == 2);
    assertEquals(Duration.ofSeconds(5), handler.terminations().get(1).grace());
    assertEquals(0, server.count("DELETE", podPath("p")));
    ended.complete(null);
    Await.until("deleted", () -> server.get(podPath("p")) == null);
    String last = lastPatch();
    assertTrue(last.contains("\"phase\":\"Failed\""), last);
    assertEquals(1, handler.synced().size());
  }

  @Test
  void doesNotTakeAPodForGoneUntilTheWatchSaysSo() {
    server.putPod("p", "uid-1");
    server.failOnce(request -> request.is("PATCH", podPath("p") + "/status"), 404);
    start();
    handler.reporterOf(POD).report(running("told at the second try"));
    Await.until("told", () -> "told at the second try".equals(status("message")));
    server.failOnce(request -> request.is("PATCH", podPath("p") + "/status"), 404);
    server.failOnce(request -> request.is("DELETE", podPath("p")), 404);
    askToDelete(1);
    Await.until("deleted", () -> server.get(podPath("p")) == null);
    assertEquals(2, server.count("DELETE", podPath("p")));
    assertTrue(lastPatch().contains("\"phase\":\"Failed\""));
  }

  @Test
  void asksAgainToEndAPodThatCouldNotBeEnded() {
    var attempts = new AtomicInteger();
    handler.onTerminate(
        termination ->
            attempts.incrementAndGet() < 3
                ? CompletableFuture.failedFuture(new IllegalStateException("disk on fire"))
                : CompletableFuture.completedFuture(null));
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD);
    askToDelete(1);
    Await.until("deleted", () -> server.get(podPath("p")) == null);
    assertEquals(3, attempts.get());
  }

  @Test
  void endsAPodThatVanished() {
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD);
    server.remove(podPath("p"));
    Await.until("ended", () -> handler.terminations().size() == 1);
    assertEquals(new Termination(POD, Duration.ZERO), handler.terminations().get(0));
  }

  @Test
  void tellsApartPodsOfTheSameName() {
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD).report(running("first"));
    Await.until("first", () -> "first".equals(status("message")));
    server.remove(podPath("p"));
    server.putPod("p", "uid-2");
    PodReporter second = handler.reporterOf(new PodKey("n", "p", "uid-2"));
    Await.until("first is ended", () -> handler.terminations().size() == 1);
    assertEquals(POD, handler.terminations().get(0).pod());
    assertNull(server.get(podPath("p")).getAsJsonObject("status").get("message"));
    second.report(running("second"));
    Await.until("second", () -> "second".equals(status("message")));
  }

  @Test
  void endsAtStartWhatWasDeletedMeanwhileAndAdoptsTheRest() {
    PodKey gone = new PodKey("n", "gone", "uid-0");
    handler.remember(gone);
    handler.remember(POD);
    server.putPod("p", "uid-1");
    server.failOnce(request -> request.method().equals("GET"), 503);
    start();
    handler.reporterOf(POD);
    Await.until("ended", () -> !handler.terminations().isEmpty());
    assertEquals(List.of(new Termination(gone, Duration.ZERO)), handler.terminations());
  }

  @Test
  void neverStartsAgainWhatHasEnded() {
    server.putPod("p", "uid-1");
    server.change(
        podPath("p"),
        pod -> {
          pod.getAsJsonObject("status").addProperty("phase", "Succeeded");
          return pod;
        });
    server.putPod("q", "uid-2");
    start();
    PodKey other = new PodKey("n", "q", "uid-2");
    PodReporter reporter = handler.reporterOf(other);
    assertEquals(1, handler.synced().size());
    reporter.report(new PodReport(Phase.FAILED, "Evicted", null, List.of(), List.of()));
    reporter.report(running("back again"));
    Await.until(
        "Failed",
        () ->
            "Failed"
                .equals(
                    server.get(podPath("q")).getAsJsonObject("status").get("phase").getAsString()));
    assertFalse(server.requests().stream().anyMatch(r -> r.body().contains("back again")));
  }

  @Test
  void handsAPodOverAgainWhenTheHandlerFailed() {
    var calls = new AtomicInteger();
    handler.onSync(
        () -> {
          if (calls.incrementAndGet() == 1) {
            throw new IllegalStateException("a mistake in the handler");
          }
        });
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD);
    assertEquals(2, calls.get());
  }

  @Test
  void followsPodsThroughDisconnections() {
    start();
    for (int i = 0; i < 3; i++) {
      server.dropWatches();
      server.putPod("pod-" + i, "uid-" + i);
      handler.reporterOf(new PodKey("n", "pod-" + i, "uid-" + i));
    }
    assertEquals(1, lists());
  }

  @Test
  void listsAgainWhenTheServerHasForgotten() {
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD);
    server.remove(podPath("p"));
    server.putPod("q", "uid-2");
    server.forgetHistory();
    handler.reporterOf(new PodKey("n", "q", "uid-2"));
    Await.until("the lost deletion is noticed", () -> handler.terminations().size() == 1);
    assertEquals(POD, handler.terminations().get(0).pod());
  }

  @Test
  void onePodThatCannotBeReadHidesNoOther() {
    server.put(podPath("bad"), "{\"metadata\": {\"name\": \"bad\"}, \"spec\": 7}");
    server.putPod("p", "uid-1");
    start();
    handler.reporterOf(POD);
    server.put(podPath("worse"), "{\"metadata\": {\"name\": \"worse\"}, \"status\": []}");
    server.putPod("q", "uid-2");
    handler.reporterOf(new PodKey("n", "q", "uid-2"));
    assertEquals(1, lists());
  }
}
