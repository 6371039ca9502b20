package io.hiberlet.node.pod;

import static io.hiberlet.node.FakeApiServer.podPath;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.FakePodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.staticpod.StaticPods;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device without a battery for its clock: time jumps when it is told what time it is. */
class ClockJumpsTest {
  private static final PodKey POD = new PodKey("n", "p", "uid-1");
  private static final String EVENTS = "/api/v1/namespaces/n/events";

  /** More than one object may send at once. */
  private static final int MANY_EVENTS = 30;

  private static final int BURST = 25;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
  private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);

  @TempDir Path directory;
  private final FakePodHandler handler = new FakePodHandler();
  private FakeApiServer server;
  private ApiServerAccess access;
  private EventRecorder events;
  private PodController controller;

  @BeforeEach
  void start() throws Exception {
    server = new FakeApiServer();
    access = server.access(directory);
    events = new EventRecorder(access.client(), "node", EventBacklog.NONE, clock);
    var node = new OwnNode("node", "10.0.0.7", () -> Optional.of("node-uid"));
    var statics = new StaticPods(null, "node", why -> {}, clock);
    var newPods = new NewPods(List::of);
    controller = new PodController(node, access.client(), handler, statics, newPods, events, clock);
    server.putPod("p", "uid-1");
    events.start();
    controller.start();
    controller.follow();
  }

  @AfterEach
  void close() {
    controller.close();
    events.close();
    access.close();
    server.close();
  }

  @ParameterizedTest(name = "a pod lives through a jump of {0}")
  @ValueSource(strings = {"P3650D", "PT1H", "-PT1H", "-P20000D"})
  void statusesAndEventsGoOn(Duration jump) {
    PodReporter reporter = handler.reporterOf(POD);
    reporter.report(report("before"));
    Await.until("the first status", () -> "before".equals(message()));
    String started = status().get("startTime").getAsString();
    for (int i = 0; i < MANY_EVENTS; i++) {
      reporter.event(EventType.NORMAL, "Before", "message " + i);
    }
    Await.until("the burst", () -> server.paths(EVENTS).size() == BURST);

    now.updateAndGet(instant -> instant.plus(jump));
    reporter.report(report("after"));
    Await.until("the second status", () -> "after".equals(message()));
    assertEquals(started, status().get("startTime").getAsString());

    reporter.event(EventType.NORMAL, "Over", "its limit");
    now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(5)));
    reporter.event(EventType.NORMAL, "After", "message");
    Await.until("an event", () -> server.count("POST", EVENTS) > BURST);

    server.change(
        podPath("p"),
        pod -> {
          pod.getAsJsonObject("metadata")
              .add("deletionTimestamp", new JsonPrimitive("2026-01-02T03:04:05Z"));
          pod.getAsJsonObject("metadata").addProperty("deletionGracePeriodSeconds", 0);
          return pod;
        });
    Await.until("its end", () -> server.get(podPath("p")) == null);
  }

  private static PodReport report(String message) {
    return new PodReport(Phase.RUNNING, null, message, List.of(), List.of());
  }

  private JsonObject status() {
    return server.get(podPath("p")).getAsJsonObject("status");
  }

  private String message() {
    return status().get("message").getAsString();
  }
}
