package io.hiberlet.agent.hostio;

import static io.hiberlet.agent.hostio.OperationsHarness.STREAM;
import static io.hiberlet.agent.hostio.OperationsHarness.error;
import static io.hiberlet.agent.hostio.OperationsHarness.event;
import static io.hiberlet.agent.hostio.OperationsHarness.get;
import static io.hiberlet.agent.hostio.OperationsHarness.take;
import static io.hiberlet.agent.hostio.OperationsHarness.takeAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.FakeUpstream.Sent;
import io.hiberlet.agent.hostio.OperationsState.Watch;
import io.hiberlet.agent.hostio.http.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchOperationTest {
  private static final String FROM_5 = "/x?watch=true&resourceVersion=5&timeoutSeconds=300";

  private final OperationsHarness harness = new OperationsHarness(Limits.DEFAULT);
  private final ControllerOperations operations = harness.open(OperationsState.INITIAL);

  @Test
  void deliversWholeLines() {
    Sent sent = watch(FROM_5).head(200);
    assertEquals("/x?watch=true&resourceVersion=5&allowWatchBookmarks=true", sent.request.target());
    String line = event("ADDED", "6");
    sent.body(line.substring(0, 10)).body(line.substring(10) + event("MODIFIED", "7") + "{\"ty");
    assertEquals(
        List.of(
            "1 RESPONSE_HEAD 200",
            "1 BODY_CHUNK " + line.strip(),
            "1 BODY_CHUNK " + event("MODIFIED", "7").strip()),
        takeAll(operations));
  }

  @Test
  void goesOnFromTheLastLineWithoutASecondHead() {
    Sent sent = watch(FROM_5).head(200).body(event("ADDED", "6"));
    sent.fail();
    takeAll(operations);
    Sent again = reconnected();
    assertEquals(
        "/x?watch=true&resourceVersion=6&allowWatchBookmarks=true", again.request.target());
    again.head(200).body(event("DELETED", "8"));
    assertEquals(List.of("1 BODY_CHUNK " + event("DELETED", "8").strip()), takeAll(operations));
  }

  @Test
  void aStreamThatLivedLongIsFollowedAtOnce() {
    Sent sent = watch(FROM_5).head(200);
    harness.clock.pass(Duration.ofMinutes(5));
    sent.end();
    harness.clock.pass(Duration.ZERO);
    assertEquals(
        "/x?watch=true&resourceVersion=5&allowWatchBookmarks=true",
        harness.server.next().request.target());
  }

  @Test
  void waitsLongerAndLongerForAServerThatIsAway() {
    watch(FROM_5).fail();
    for (int i = 0; i < 20; i++) {
      harness.clock.pass(Duration.ofMillis(1));
      assertTrue(harness.server.isQuiet());
      reconnected().fail();
    }
    harness.clock.pass(Duration.ofSeconds(14));
    assertTrue(harness.server.isQuiet());
    assertFalse(operations.hasCompletions());
    reconnected().head(200).body(event("ADDED", "6"));
    assertEquals(2, takeAll(operations).size());
  }

  @Test
  void keepsBookmarksToItself() {
    Sent sent = watch(FROM_5).head(200);
    takeAll(operations);
    sent.body(event("BOOKMARK", "9"));
    assertFalse(operations.hasCompletions());
    assertEquals(List.of("1@9"), harness.moves);
    assertEquals("9", captured().resourceVersion());
    sent.fail();
    assertTrue(reconnected().request.target().contains("resourceVersion=9&"));
  }

  @Test
  void aBookmarkBehindAnUnreadLineMovesNothingYet() {
    watch(FROM_5).head(200).body(event("ADDED", "6") + event("BOOKMARK", "9"));
    assertEquals(List.of(), harness.moves);
    take(operations);
    assertNull(captured().resourceVersion());
    take(operations);
    assertEquals("9", captured().resourceVersion());
  }

  @Test
  void bookmarksThatWereAskedForAreDelivered() {
    watch("/x?watch=1&resourceVersion=5&allowWatchBookmarks=true")
        .head(200)
        .body(event("BOOKMARK", "9"));
    take(operations);
    assertEquals("1 BODY_CHUNK " + event("BOOKMARK", "9").strip(), take(operations));
    assertEquals("9", captured().resourceVersion());
  }

  @Test
  void aLostPositionIsACleanEnd() {
    watch(FROM_5).head(200).body(event("ADDED", "6")).fail();
    reconnected().head(200).body(error(410));
    assertEquals("1 END", takeAll(operations).getLast());
    watch(FROM_5).head(200).body(event("ADDED", "6")).fail();
    reconnected().head(410);
    assertEquals("2 END", takeAll(operations).getLast());
  }

  @Test
  void theGuestsOwnPositionIsAnsweredByTheServer() {
    watch(FROM_5).head(200).body(error(410));
    assertEquals(
        List.of("1 RESPONSE_HEAD 200", "1 BODY_CHUNK " + error(410).strip(), "1 END"),
        takeAll(operations));
  }

  @Test
  void otherErrorsArePassedOnAndEndIt() {
    Sent sent =
        watch(FROM_5).head(200).body(event("ADDED", "6") + error(500) + event("ADDED", "7"));
    assertTrue(sent.cancelled);
    takeAll(operations);
    assertEquals(List.of(), operations.capture().pending());
  }

  @Test
  void aFirstAnswerOtherThan200IsDeliveredAsItIs() {
    watch(FROM_5).head(403).body("forbidden").end();
    assertEquals(
        List.of("1 RESPONSE_HEAD 403", "1 BODY_CHUNK forbidden", "1 END"), takeAll(operations));
  }

  @Test
  void refusalsOfAServerThatStartsAreForgiven() {
    watch(FROM_5).head(200).fail();
    takeAll(operations);
    for (int status : List.of(403, 404, 503, 429, 401)) {
      Sent again = reconnected();
      again.head(status);
      if (status == 401) {
        harness.server.next().head(401);
      }
      assertFalse(operations.hasCompletions());
    }
    reconnected().head(200).body(event("ADDED", "6"));
    assertEquals(1, takeAll(operations).size());
  }

  @Test
  void aServerThatSaysWhenToComeAgainIsBelieved() {
    watch(FROM_5).head(200).fail();
    takeAll(operations);
    reconnected().head(429, new Field("Retry-After", "20"));
    harness.clock.pass(Duration.ofSeconds(19));
    assertTrue(harness.server.isQuiet());
    harness.clock.pass(Duration.ofSeconds(1));
    harness.server.next().head(503, new Field("Retry-After", "999999"));
    harness.clock.pass(Duration.ofSeconds(59));
    assertTrue(harness.server.isQuiet());
    harness.clock.pass(Duration.ofSeconds(1));
    harness.server.next().head(503, new Field("Retry-After", "soon"));
    harness.clock.pass(Duration.ofSeconds(30));
    assertFalse(harness.server.isQuiet());
  }

  @Test
  void aServerThatKeepsRefusingEndsIt() {
    watch(FROM_5).head(200).fail();
    takeAll(operations);
    for (int i = 0; i < 5; i++) {
      reconnected().head(403);
    }
    assertEquals(List.of("1 END"), takeAll(operations));
  }

  @Test
  void aWatchThatBeginsWithTheStateHasNoPositionUntilThatIsOver() {
    Sent sent = watch("/x?watch=true").head(200);
    sent.body(event("ADDED", "50") + event("ADDED", "20"));
    takeAll(operations);
    assertEquals(Watch.NO_POSITION, captured().resourceVersion());
    sent.body(event("MODIFIED", "60"));
    takeAll(operations);
    assertEquals("60", captured().resourceVersion());
    sent.body(event("ADDED", "61"));
    takeAll(operations);
    assertEquals("61", captured().resourceVersion());
  }

  @Test
  void aWatchThatIsInterruptedInItsFirstStateEnds() {
    watch("/x?watch=true&resourceVersion=0").head(200).body(event("ADDED", "50")).fail();
    assertEquals("1 END", takeAll(operations).getLast());
    watch("/x?watch=true").head(200).body(event("ADDED", "50"));
    take(operations);
    take(operations);
    ControllerOperations restored = harness.open(operations.capture());
    assertEquals(List.of("2 END"), takeAll(restored));
  }

  @Test
  void initialEventsAreNotAskedForAgain() {
    Sent sent =
        watch(
            "/x?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + "&allowWatchBookmarks=true");
    sent.head(200).body(event("ADDED", "3") + event("BOOKMARK", "7")).fail();
    assertEquals(
        "/x?watch=true&resourceVersion=7&allowWatchBookmarks=true", reconnected().request.target());
  }

  @Test
  void aLineThatIsTooLongIsAnError() {
    OperationsHarness small =
        new OperationsHarness(new Limits(1 << 20, 1 << 16, 1 << 16, 100, 100, 10, 1 << 18, 1000));
    ControllerOperations one = small.open(OperationsState.INITIAL);
    one.httpRequest(get(FROM_5), STREAM);
    small.server.next().head(200).body("x".repeat(101));
    assertEquals("1 ERROR " + Errno.FBIG.number(), takeAll(one).getLast());
  }

  @Test
  void stopsReadingWhenTheGuestSleeps() {
    Sent sent = watch(FROM_5).head(200);
    int lines = 0;
    while (sent.reading) {
      sent.body(event("ADDED", Integer.toString(10 + lines++)));
    }
    assertTrue(lines > 100 && lines < 2000, lines + " lines");
    takeAll(operations);
    assertTrue(sent.reading);
  }

  @Test
  void anAnswerThatIsNotAWatchIsTriedAgain() {
    Sent sent = watch(FROM_5).head(200).body("<html>\n");
    assertTrue(sent.cancelled);
    reconnected().head(200).body(event("ADDED", "6"));
    assertEquals(2, takeAll(operations).size());
  }

  @Test
  void theGuestMayAskForJsonOnly() {
    operations.httpRequest(
        ("GET /x?watch=true HTTP/1.1\r\nAccept: application/vnd.kubernetes.protobuf,"
                + " application/json;as=Table\r\nAccept-Encoding: gzip\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8),
        STREAM);
    assertEquals(
        "[Field[name=Accept, value=application/json;as=Table], Field[name=Authorization,"
            + " value=Bearer token-1]]",
        harness.server.next().request.fields().toString());
  }

  private Watch captured() {
    return (Watch) operations.capture().pending().getFirst();
  }

  private Sent watch(String target) {
    assertTrue(operations.httpRequest(get(target), STREAM) > 0);
    return harness.server.next();
  }

  private Sent reconnected() {
    harness.clock.pass(Duration.ofSeconds(30));
    return harness.server.next();
  }
}
