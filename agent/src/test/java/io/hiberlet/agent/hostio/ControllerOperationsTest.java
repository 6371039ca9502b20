package io.hiberlet.agent.hostio;

import static io.hiberlet.agent.hostio.OperationsHarness.STREAM;
import static io.hiberlet.agent.hostio.OperationsHarness.get;
import static io.hiberlet.agent.hostio.OperationsHarness.take;
import static io.hiberlet.agent.hostio.OperationsHarness.takeAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.FakeUpstream.Sent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControllerOperationsTest {
  private final OperationsHarness harness = new OperationsHarness(Limits.DEFAULT);
  private final ControllerOperations operations = harness.open(OperationsState.INITIAL);

  @Test
  void aGatheredAnswerComesAsAWhole() {
    assertEquals(1, operations.httpRequest(get("/api"), 0));
    Sent sent = harness.server.next();
    assertEquals("Bearer token-1", sent.token());
    sent.head(200).body("he").body("llo");
    assertFalse(operations.hasCompletions());
    sent.end();
    assertEquals(1, harness.wakes);
    assertEquals(
        List.of("1 RESPONSE_HEAD 200", "1 BODY_CHUNK hello", "1 END"), takeAll(operations));
    assertEquals(new OperationsState(2, List.of()), operations.capture());
  }

  @Test
  void anAnswerWithoutABodyHasNoChunk() {
    operations.httpRequest(get("/"), 0);
    harness.server.next().head(204).end();
    assertEquals(List.of("1 RESPONSE_HEAD 204", "1 END"), takeAll(operations));
  }

  @Test
  void aGatheredAnswerThatIsTooLargeIsRefused() {
    operations.httpRequest(get("/"), 0);
    Sent sent = harness.server.next().head(200);
    for (int i = 0; i < 9; i++) {
      sent.body("x".repeat(1 << 20));
    }
    assertTrue(sent.cancelled);
    assertEquals(List.of("1 ERROR " + Errno.FBIG.number()), takeAll(operations));
  }

  @Test
  void gatheredAnswersOfAllControllersHaveALimit() {
    OperationsHarness small =
        new OperationsHarness(new Limits(1 << 20, 1 << 16, 1 << 16, 100, 100, 10, 1 << 18, 150));
    ControllerOperations one = small.open(OperationsState.INITIAL);
    ControllerOperations two = small.open(OperationsState.INITIAL);
    one.httpRequest(get("/"), 0);
    small.server.next().head(200).body("x".repeat(100)).end();
    two.httpRequest(get("/"), 0);
    small.server.next().head(200).body("x".repeat(100)).end();
    assertEquals(List.of("1 ERROR " + Errno.FBIG.number()), takeAll(two));
    takeAll(one);
    two.httpRequest(get("/"), 0);
    small.server.next().head(200).body("x".repeat(100)).end();
    assertEquals("2 RESPONSE_HEAD 200", take(two));
  }

  @Test
  void aStreamStopsReadingUntilTheGuestHasReadSome() {
    operations.httpRequest(get("/log"), STREAM);
    Sent sent = harness.server.next().head(200);
    int pieces = 0;
    while (sent.reading) {
      sent.body("x".repeat(16 << 10));
      pieces++;
    }
    assertTrue(pieces * (16 << 10) <= 256 << 10, pieces + " pieces");
    take(operations);
    take(operations);
    assertTrue(sent.reading);
  }

  @Test
  void aStreamIsCutIntoChunks() {
    operations.httpRequest(get("/log"), STREAM);
    harness.server.next().head(200).body("x".repeat(65_537)).end();
    take(operations);
    assertEquals(65_536, operations.next().payload().length);
    assertEquals("1 BODY_CHUNK x", take(operations));
    assertEquals("1 END", take(operations));
  }

  @Test
  void aFailureIsAnErrorWithASentence() {
    operations.httpRequest(get("/"), 0);
    harness.server.next().fail();
    Completion error = operations.next();
    assertEquals(Completion.Kind.ERROR, error.kind());
    assertTrue(
        new String(error.payload(), 4, error.payload().length - 4, StandardCharsets.UTF_8)
            .contains("broken"));
  }

  @Test
  void aRefusedTokenIsReplacedOnce() {
    operations.httpRequest(get("/"), 0);
    Sent first = harness.server.next().head(401);
    assertTrue(first.cancelled);
    assertEquals(List.of("token-1"), harness.refused);
    Sent second = harness.server.next();
    assertEquals("Bearer token-2", second.token());
    first.body("ignored").end();
    second.head(401).end();
    assertEquals(List.of("1 RESPONSE_HEAD 401", "1 END"), takeAll(operations));
    assertTrue(harness.server.isQuiet());
  }

  @Test
  void timersFireWhenTheyAreDue() {
    assertEquals(1, operations.timer(1000));
    harness.clock.pass(Duration.ofMillis(999));
    assertFalse(operations.hasCompletions());
    harness.clock.pass(Duration.ofMillis(1));
    assertEquals(List.of("1 TIMER"), takeAll(operations));
    assertEquals(Errno.INVAL.result(), operations.timer(-1));
    assertEquals(Errno.INVAL.result(), operations.timer(Duration.ofDays(367).toMillis()));
  }

  @Test
  void timersKeepTheirDeadlineAcrossARestart() {
    operations.timer(10_000);
    OperationsState state = operations.capture();
    operations.close();
    assertEquals(0, harness.clock.alarms());
    harness.clock.pass(Duration.ofSeconds(4));
    ControllerOperations restored = harness.open(state);
    harness.clock.pass(Duration.ofSeconds(5));
    assertFalse(restored.hasCompletions());
    harness.clock.pass(Duration.ofSeconds(1));
    assertEquals("1 TIMER", take(restored));
    assertEquals(2, restored.timer(1));
  }

  @Test
  void aTimerThatFiredUnreadFiresAgainAfterARestart() {
    operations.timer(1);
    harness.clock.pass(Duration.ofSeconds(1));
    ControllerOperations restored = harness.open(operations.capture());
    harness.clock.pass(Duration.ZERO);
    assertEquals("1 TIMER", take(restored));
  }

  @Test
  void aRequestUnderWayIsLostInARestart() {
    operations.httpRequest(get("/"), 0);
    ControllerOperations restored = harness.open(operations.capture());
    assertEquals(List.of("1 ERROR " + Errno.IO.number()), takeAll(restored));
    assertEquals(List.of(), restored.capture().pending());
  }

  @Test
  void aCancelledOperationIsHeardOfNoMore() {
    operations.timer(1);
    operations.httpRequest(get("/"), STREAM);
    Sent sent = harness.server.next().head(200);
    harness.clock.pass(Duration.ofSeconds(1));
    assertEquals(0, operations.cancel(1));
    assertEquals(0, operations.cancel(2));
    assertTrue(sent.cancelled);
    sent.body("late").end();
    assertFalse(operations.hasCompletions());
    assertEquals(Errno.NOENT.result(), operations.cancel(2));
  }

  @Test
  void operationsHaveALimit() {
    for (int i = 0; i < 256; i++) {
      assertTrue(operations.timer(1) > 0);
    }
    assertEquals(Errno.MFILE.result(), operations.timer(1));
    assertEquals(Errno.MFILE.result(), operations.httpRequest(get("/"), 0));
  }

  @Test
  void badRequestsAreRefused() {
    assertEquals(Errno.INVAL.result(), operations.httpRequest(get("/"), 2));
    assertEquals(Errno.ACCES.result(), operations.httpRequest(get("http://example.com/"), 0));
    assertEquals(Errno.MSGSIZE.result(), operations.httpRequest(new byte[(1 << 20) + 1], 0));
    assertTrue(harness.server.isQuiet());
  }

  @Test
  void stopIsToldWithTheTimeThatIsLeft() {
    operations.stop(Duration.ofSeconds(30));
    assertEquals(List.of("0 STOP 30000"), takeAll(operations));
    assertEquals(1, harness.wakes);
  }

  @Test
  void theListenerIsToldAtTheEdge() {
    operations.timer(1);
    operations.timer(2);
    harness.clock.pass(Duration.ofMillis(1));
    harness.clock.pass(Duration.ofMillis(1));
    assertEquals(1, harness.wakes);
    takeAll(operations);
    operations.timer(1);
    harness.clock.pass(Duration.ofMillis(1));
    assertEquals(2, harness.wakes);
  }

  @Test
  void nothingHappensAfterClosing() {
    operations.httpRequest(get("/"), 0);
    Sent sent = harness.server.next();
    operations.close();
    assertTrue(sent.cancelled);
    sent.head(200).end();
    assertFalse(operations.hasCompletions());
    assertEquals(Errno.IO.result(), operations.timer(1));
  }

  @Test
  void describesWhatIsPending() {
    operations.timer(5000);
    operations.httpRequest(get("/api/v1/pods"), 0);
    List<OperationInfo> infos = operations.describe();
    assertEquals("timer", infos.getFirst().kind());
    assertEquals(harness.clock.now().plusSeconds(5), infos.getFirst().due());
    assertEquals("GET /api/v1/pods", infos.getLast().request());
  }
}
