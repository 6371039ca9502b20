package io.hiberlet.node.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.event.EventBacklog.Kept;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventRecorderTest {
  private static final PodKey POD = new PodKey("n", "p", "uid-1");
  private static final String EVENTS = "/api/v1/namespaces/n/events";

  @TempDir Path directory;
  private FakeApiServer server;
  private ApiServerAccess access;
  private final MemoryBacklog backlog = new MemoryBacklog();
  private EventRecorder recorder;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
    access = server.access(directory);
    recorder = recorder();
  }

  @AfterEach
  void close() {
    recorder.close();
    access.close();
    server.close();
  }

  @Test
  void countsRepetitions() {
    recorder.start();
    for (int i = 0; i < 5; i++) {
      recorder.record(POD, EventType.WARNING, "Failed", "it \"failed\"");
    }
    Await.until("five", () -> events().size() == 1 && count(events().get(0)) == 5);
    JsonObject event = events().get(0);
    assertEquals("Warning", event.get("type").getAsString());
    assertEquals("it \"failed\"", event.get("message").getAsString());
    assertEquals("uid-1", event.getAsJsonObject("involvedObject").get("uid").getAsString());
  }

  @Test
  void startsANewCountWhenTheEventHasExpired() {
    recorder.start();
    recorder.record(POD, EventType.NORMAL, "Started", "m");
    Await.until("first", () -> events().size() == 1);
    server.remove(server.paths(EVENTS).get(0));
    recorder.record(POD, EventType.NORMAL, "Started", "m");
    Await.until("a new one", () -> events().size() == 1 && count(events().get(0)) == 1);
  }

  @Test
  void keepsEventsInOrderWhileTheServerIsAway() {
    server.failOnce(request -> request.path().equals(EVENTS), 503);
    recorder.record(POD, EventType.NORMAL, "First", "m");
    recorder.record(POD, EventType.NORMAL, "Second", "m");
    recorder.start();
    Await.until("both", () -> events().size() == 2);
    List<String> reasons =
        server.requests().stream()
            .map(request -> request.body().contains("First") ? "First" : "Second")
            .toList();
    assertEquals(List.of("First", "First", "Second"), reasons);
  }

  @Test
  void goesOnAfterAnEventThatIsRefused() {
    server.failOnce(request -> request.body().contains("First"), 403);
    recorder.start();
    recorder.record(POD, EventType.NORMAL, "First", "m");
    recorder.record(POD, EventType.NORMAL, "Second", "m");
    Await.until("the second", () -> events().size() == 1);
  }

  @Test
  void dropsWhatFindsNoRoomAndLimitsEachObject() {
    for (int i = 0; i < 5000; i++) {
      recorder.record(POD, EventType.NORMAL, "Reason", "message " + i);
    }
    recorder.record(new PodKey("n", "q", "uid-2"), EventType.NORMAL, "Dropped", "no room");
    recorder.start();
    Await.until("the burst", () -> events().size() == 25);
    recorder.record(new PodKey("n", "q", "uid-2"), EventType.NORMAL, "Room", "again");
    Await.until("another object's", () -> events().size() == 26);
    assertTrue(events().stream().noneMatch(e -> e.get("reason").getAsString().equals("Dropped")));
  }

  @Test
  void aLaterProcessSendsWhatThisOneCouldNotInOrder() {
    server.failAlways(request -> request.path().equals(EVENTS), 503);
    recorder.start();
    recorder.record(POD, EventType.NORMAL, "First", "m");
    Await.until("it is on the disk", () -> backlog.load().size() == 1);
    recorder.record(POD, EventType.NORMAL, "Second", "m");
    recorder.close();
    assertEquals(2, backlog.load().size());

    server.recover();
    recorder = recorder();
    recorder.record(POD, EventType.NORMAL, "Third", "m");
    recorder.start();
    Await.until("all", () -> events().size() == 3);
    Await.until("nothing is left", () -> backlog.load().isEmpty());
    assertEquals(List.of("First", "Second", "Third"), reasonsSent(3));
  }

  /** Whoever kills the process then does not know when it will try again. */
  @Test
  void whatHappensBetweenTwoTriesIsKeptAtOnce() {
    server.failAlways(request -> request.path().equals(EVENTS), 429); // again after a minute
    recorder.start();
    recorder.record(POD, EventType.NORMAL, "First", "m");
    Await.until("the first is on the disk", () -> backlog.load().size() == 1);
    recorder.record(POD, EventType.NORMAL, "Second", "m");
    Await.until("the second is on the disk", () -> backlog.load().size() == 2);
    assertEquals(1, server.requests().size());
  }

  @Test
  void whatIsNoEventOnTheDiskIsDropped() {
    for (String bad : List.of("", "{", "[]", "null", "{\"at\":\"x\"}", "7")) {
      backlog.add(List.of(new Kept(backlog.load().size(), bad)));
    }
    recorder = recorder();
    recorder.record(POD, EventType.NORMAL, "Good", "m");
    recorder.start();
    Await.until("the good one", () -> events().size() == 1);
    Await.until("nothing is left", () -> backlog.load().isEmpty());
  }

  private EventRecorder recorder() {
    return new EventRecorder(access.client(), "node", backlog, Clock.systemUTC());
  }

  /** Of the last requests. */
  private List<String> reasonsSent(int count) {
    return server.requests().stream()
        .skip(server.requests().size() - count)
        .map(request -> JsonParser.parseString(request.body()).getAsJsonObject())
        .map(event -> event.get("reason").getAsString())
        .toList();
  }

  private List<JsonObject> events() {
    return server.paths(EVENTS).stream().map(server::get).toList();
  }

  private static int count(JsonObject event) {
    return event.get("count").getAsInt();
  }
}
