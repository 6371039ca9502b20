package io.hiberlet.agent.hostio;

import static io.hiberlet.agent.hostio.OperationsHarness.get;
import static io.hiberlet.agent.hostio.OperationsHarness.takeAll;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.ExecOutput.Broken;
import io.hiberlet.agent.hostio.ExecOutput.Bytes;
import io.hiberlet.agent.hostio.ExecOutput.Exited;
import io.hiberlet.agent.hostio.OperationsState.Request;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GuestExecTest {
  private static final int AGAIN = Errno.AGAIN.result();
  private static final int NOENT = Errno.NOENT.result();

  private final OperationsHarness harness = new OperationsHarness(Limits.DEFAULT);
  private final ControllerOperations operations = harness.open(OperationsState.INITIAL);

  private GuestExec give(boolean stdin, String... words) throws ExecRefusedException {
    return operations.exec(new ExecCommand(List.of(words), stdin, false, false));
  }

  private GuestExec giveQuietly() throws ExecRefusedException {
    return operations.exec(new ExecCommand(List.of("probe"), false, false, true));
  }

  private String read(long id) {
    byte[] into = new byte[100];
    return new String(into, 0, operations.execRead(id, into), UTF_8);
  }

  @Test
  void theGuestIsToldTheCommandAndItsOutputAndExitCodeComeBack() throws Exception {
    try (GuestExec exec = give(true, "greet", "", "é")) {
      assertEquals(1, harness.wakes);
      assertEquals(List.of("1 EXEC 1 greet;;é;"), takeAll(operations));
      assertTrue(exec.send("hello".getBytes(UTF_8), 4));
      exec.endInput();
      assertEquals(List.of(), takeAll(operations), "a guest that did not ask is not told");
      assertEquals("hell", read(1));
      assertEquals(0, operations.execRead(1, new byte[1]), "the end, each time");
      assertEquals(0, operations.execRead(1, new byte[1]));
      assertEquals(2, operations.execWrite(1, 1, "hi".getBytes(UTF_8)));
      assertEquals(3, operations.execWrite(1, 2, "err".getBytes(UTF_8)));
      assertEquals(0, operations.execExit(1, 7));
      assertEquals("hi", text(exec.take(), false));
      assertEquals("err", text(exec.take(), true));
      assertEquals(new Exited(7), exec.take());
      assertFalse(exec.send(new byte[1], 1), "nobody reads any more");
    }
    assertEquals(new OperationsState(2, List.of()), operations.capture());
    assertEquals(List.of(), takeAll(operations));
  }

  private static String text(ExecOutput output, boolean toStderr) {
    Bytes piece = assertInstanceOf(Bytes.class, output);
    assertEquals(toStderr, piece.toStderr());
    return new String(piece.bytes(), UTF_8);
  }

  @Test
  void aCommandWithoutInputReadsItsEndAtOnce() throws Exception {
    give(false, "x");
    assertEquals(List.of("1 EXEC 0 x;"), takeAll(operations));
    assertEquals(0, operations.execRead(1, new byte[1]));
  }

  @Test
  void onATerminalErrorsAreOutput() throws Exception {
    GuestExec exec = operations.exec(new ExecCommand(List.of("sh"), true, true, false));
    assertEquals(List.of("1 EXEC 3 sh;"), takeAll(operations));
    operations.execWrite(1, 2, "err".getBytes(UTF_8));
    assertEquals("err", text(exec.take(), false));
  }

  @Test
  void aGuestThatFoundNothingToReadIsToldOfTheNextInputOnce() throws Exception {
    GuestExec exec = give(true, "cat");
    takeAll(operations);
    assertEquals(AGAIN, operations.execRead(1, new byte[9]));
    exec.send(new byte[5], 5);
    exec.send(new byte[5], 5);
    assertEquals(List.of("1 READY"), takeAll(operations));
    assertEquals(9, operations.execRead(1, new byte[9]));
    assertEquals(1, operations.execRead(1, new byte[9]));
    assertEquals(AGAIN, operations.execRead(1, new byte[9]));
    exec.endInput();
    assertEquals(List.of("1 READY"), takeAll(operations));
  }

  @Test
  void inputWaitsForAGuestThatDoesNotRead() throws Exception {
    GuestExec exec = give(true, "cat");
    byte[] piece = new byte[GuestExec.PIECE_BYTES];
    var sender =
        new FutureTask<Integer>(
            () -> {
              int sent = 0;
              while (exec.send(piece, piece.length)) {
                sent++;
              }
              return sent;
            });
    Thread thread = Thread.ofVirtual().start(sender);
    assertFalse(thread.join(Duration.ofMillis(100)));
    byte[] into = new byte[2 * piece.length];
    assertTrue(operations.execRead(1, into) <= ExecOperation.BUFFER_BYTES);
    operations.execExit(1, 0);
    assertTrue(sender.get(10, TimeUnit.SECONDS) >= 1);
  }

  @Test
  void outputWaitsForAClientThatDoesNotTakeIt() throws Exception {
    GuestExec exec = give(false, "yes");
    takeAll(operations);
    byte[] bytes = new byte[40_000];
    int taken = operations.execWrite(1, 1, bytes);
    assertTrue(taken > 0 && taken < ExecOperation.BUFFER_BYTES, taken + " bytes");
    assertEquals(AGAIN, operations.execWrite(1, 1, bytes));
    Bytes piece = (Bytes) exec.take();
    assertEquals(List.of(), takeAll(operations), "it is in memory until it has been written");
    exec.written(piece);
    assertEquals(List.of("1 READY"), takeAll(operations));
    assertEquals(taken, operations.execWrite(1, 1, bytes));
  }

  @Test
  void tinyWritesAreCountedForWhatTheyCost() throws Exception {
    give(false, "yes");
    int writes = 0;
    while (operations.execWrite(1, 1, new byte[1]) == 1) {
      writes++;
    }
    assertTrue(writes < 1000, writes + " pieces");
  }

  @Test
  void callsThatMakeNoSenseAreRefused() throws Exception {
    operations.timer(60_000);
    give(true, "x");
    assertEquals(NOENT, operations.execRead(1, new byte[1]), "a timer is no command");
    assertEquals(NOENT, operations.execWrite(1, 1, new byte[1]));
    assertEquals(NOENT, operations.execExit(1, 0));
    assertEquals(NOENT, operations.execExit(3, 0));
    assertEquals(Errno.BADF.result(), operations.execWrite(2, 0, new byte[1]));
    assertEquals(Errno.BADF.result(), operations.execWrite(2, 3, new byte[1]));
    assertEquals(Errno.INVAL.result(), operations.execRead(2, new byte[0]));
    assertEquals(Errno.INVAL.result(), operations.execExit(2, 256));
    assertEquals(Errno.INVAL.result(), operations.execExit(2, -1));
    assertEquals(0, operations.execExit(2, 255));
    assertEquals(NOENT, operations.execExit(2, 0), "once");
    assertEquals(NOENT, operations.execWrite(2, 1, new byte[1]));
    assertThrows(ExecRefusedException.class, () -> give(false, "a\0b"));
    assertThrows(ExecRefusedException.class, () -> give(false, "x".repeat(1 << 17)));
  }

  @Test
  void aClientThatVanishesEndsTheCommandWithAnError() throws Exception {
    GuestExec exec = give(true, "cat");
    exec.close();
    exec.close();
    assertEquals(
        List.of("1 EXEC 1 cat;", "1 ERROR " + Errno.CANCELED.number()), takeAll(operations));
    assertEquals(NOENT, operations.execExit(1, 0));
    assertTrue(operations.isIdle());
  }

  @Test
  void aCommandEndsWithItsController() throws Exception {
    GuestExec exec = give(false, "x");
    operations.close();
    assertInstanceOf(Broken.class, exec.take());
    assertThrows(ExecRefusedException.class, () -> give(false, "x"));
  }

  @Test
  void aCommandThatTheGuestCancelsEndsWithoutAnExitCode() throws Exception {
    GuestExec exec = give(false, "x");
    assertEquals(0, operations.cancel(1));
    assertInstanceOf(Broken.class, exec.take());
  }

  @Test
  void aRestartAnswersACommandThatTheGuestKnewWithAnError() throws Exception {
    give(false, "known");
    takeAll(operations);
    give(false, "not known");
    OperationsState state = operations.capture();
    assertEquals(List.of(new Request(1)), state.pending());
    assertFalse(operations.hasRequests(), "a stop does not wait for it");
    operations.close();
    assertEquals(List.of("1 ERROR " + Errno.IO.number()), takeAll(harness.open(state)));
  }

  @Test
  void oneControllerCarriesOutSixteenAtOnce() throws Exception {
    for (int i = 0; i < 16; i++) {
      give(false, "x");
    }
    assertThrows(ExecRefusedException.class, () -> give(false, "x"));
    operations.execExit(5, 0);
    give(false, "x");
  }

  @Test
  void ofManySizesOfATerminalTheGuestHearsTheNewest() throws Exception {
    GuestExec exec = operations.exec(new ExecCommand(List.of("sh"), true, true, false));
    takeAll(operations);
    for (int i = 1; i <= 1000; i++) {
      exec.resize(80, i);
    }
    assertEquals(List.of("1 RESIZE 80x1", "1 RESIZE 80x1000"), takeAll(operations));
    exec.resize(10, 20);
    assertEquals(List.of("1 RESIZE 10x20"), takeAll(operations));
  }

  @Test
  void aQuietCommandAndWhatIsBegunForItIsNoActivity() throws Exception {
    assertTrue(operations.takeActivity(), "a life begins");
    giveQuietly();
    takeAll(operations);
    operations.httpRequest(get("/healthz"), 0);
    operations.execWrite(1, 1, new byte[1]);
    harness.server.next().head(200).end();
    takeAll(operations);
    operations.execExit(1, 0);
    assertFalse(operations.takeActivity());
    give(false, "x");
    takeAll(operations);
    operations.httpRequest(get("/"), 0);
    assertTrue(operations.takeActivity());
    harness.server.next().head(200).end();
    takeAll(operations);
    assertTrue(operations.takeActivity(), "what was begun in earnest");
  }

  @Test
  void bytesGoThroughUnchanged() throws Exception {
    GuestExec exec = give(true, "cat");
    byte[] sent = new byte[9000];
    new Random(1).nextBytes(sent);
    exec.send(sent, 5000);
    byte[] into = new byte[9000];
    assertEquals(5000, operations.execRead(1, into));
    assertArrayEquals(Arrays.copyOf(sent, 5000), Arrays.copyOf(into, 5000));
  }
}
