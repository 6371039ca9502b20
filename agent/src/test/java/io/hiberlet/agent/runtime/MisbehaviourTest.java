package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.HostCalls;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests that loop, recurse, trap and exit: each ends with a clear exception, and nothing else. */
@Timeout(60)
class MisbehaviourTest {
  private static final int GREEDY = 14;
  private static final int EXIT = 15;
  private static final int UNREACHABLE = 10;

  private static GuestModule module;

  private final RecordingCalls calls = new RecordingCalls();
  private Guest guest;

  @BeforeAll
  static void compile() throws Exception {
    module = TestModules.compile("misbehaviour");
  }

  @BeforeEach
  void start() throws Exception {
    guest = module.start(TestModules.environment(1 << 20), calls);
  }

  @ParameterizedTest
  @CsvSource({
    "0,br,loop_br",
    "1,br_if,loop_br_if",
    "2,br_table,loop_br_table",
    "3,calls,loop_call",
    "4,indirect calls,loop_call_indirect",
    "5,host calls,loop_host_call",
    "6,recursion that comes to no end,fork",
    "7,a sleep of an hour,sleep"
  })
  void interruptEnds(int mode, String what, String function) throws Exception {
    calls.send(mode);
    var running = new CountDownLatch(1);
    var wake =
        new FutureTask<>(
            () -> {
              running.countDown();
              var trap = assertThrows(GuestTrapException.class, guest::wake);
              assertFalse(Thread.currentThread().isInterrupted(), "the interrupt is consumed");
              return trap.getMessage();
            });
    var thread = Thread.ofPlatform().start(wake);
    assertTrue(running.await(10, TimeUnit.SECONDS));
    thread.interrupt();
    String message = wake.get(30, TimeUnit.SECONDS);
    assertTrue(message.startsWith("interrupted"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8|call stack exhausted in function",
        "9|call stack exhausted",
        "10|Trapped on unreachable instruction in function",
        "11|integer divide by zero in function",
        "12|out of bounds memory access",
        "13|indirect call type mismatch",
      })
  void trapsSayWhatAndWhere(int mode, String expected) {
    calls.send(mode);
    String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
    assertTrue(message.startsWith(expected), message);
    assertTrue(mode == 9 || message.contains(" in function "), message);
  }

  @Test
  void functionsAreNamedWhereTheModuleNamesThem() {
    calls.send(UNREACHABLE);
    String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
    assertEquals("Trapped on unreachable instruction in function 18 (run)", message);
  }

  @Test
  void recursionOnASmallStackEndsToo() throws Exception {
    calls.send(9);
    var wake =
        new FutureTask<>(() -> assertThrows(GuestTrapException.class, guest::wake).getMessage());
    new Thread(null, wake, "small", 256 << 10).start();
    String message = wake.get(30, TimeUnit.SECONDS);
    assertTrue(message.startsWith("call stack exhausted"), message);
  }

  @Test
  void hostCallNeverRunsOutOfStackItself() {
    var deep = new DeepCalls();
    assertThrows(
        GuestTrapException.class,
        () -> {
          Guest recursing = module.start(TestModules.environment(), deep);
          deep.send(9);
          recursing.wake();
        });
    assertTrue(deep.calls > 0);
    assertFalse(deep.overflowed);
  }

  /** Takes some stack for each call, as a real host does. */
  private static final class DeepCalls implements HostCalls {
    private final RecordingCalls events = new RecordingCalls();
    private int calls;
    private boolean overflowed;

    void send(int mode) {
      events.send(mode);
    }

    @Override
    public long httpRequest(byte[] message, int flags) {
      return events.httpRequest(message, flags);
    }

    @Override
    public long timer(long millis) {
      try {
        calls += descend(100) - 99;
      } catch (StackOverflowError e) {
        overflowed = true;
      }
      return 1;
    }

    @Override
    public void wakeIn(long millis) {
      events.wakeIn(millis);
    }

    private static int descend(int frames) {
      return frames == 0 ? 0 : descend(frames - 1) + 1;
    }

    @Override
    public int cancel(long operation) {
      return events.cancel(operation);
    }

    @Override
    public int execRead(long operation, byte[] into) {
      return events.execRead(operation, into);
    }

    @Override
    public int execWrite(long operation, int stream, byte[] bytes) {
      return events.execWrite(operation, stream, bytes);
    }

    @Override
    public int execExit(long operation, int code) {
      return events.execExit(operation, code);
    }

    @Override
    public Completion next() {
      return events.next();
    }
  }

  @Test
  void exitTellsItsCode() {
    calls.send(EXIT);
    assertEquals(3, assertThrows(GuestExitException.class, guest::wake).exitCode());
  }

  @Test
  void memoryGrowsToTheLimitAndNoFurther() throws Exception {
    calls.send(GREEDY);
    guest.wake();
    assertEquals(List.of(16L, -1L, -1L), calls.timers);
    assertEquals(1 << 20, guest.memoryBytes());
  }

  @Test
  void guestThatFailedIsOfNoMoreUse() {
    calls.send(UNREACHABLE);
    assertThrows(GuestTrapException.class, guest::wake);
    assertThrows(IllegalStateException.class, guest::wake);
    assertThrows(IllegalStateException.class, guest::capture);
    guest.close();
  }

  @Test
  void closedGuestIsOfNoMoreUse() {
    guest.close();
    guest.close();
    assertThrows(IllegalStateException.class, guest::wake);
  }

  @Test
  void trapInTheStartSectionIsATrap() throws Exception {
    GuestModule traps = TestModules.compile("traps-in-start");
    var thrown =
        assertThrows(GuestTrapException.class, () -> traps.start(TestModules.environment(), calls));
    assertTrue(thrown.getMessage().contains("unreachable"), thrown.getMessage());
  }

  @Test
  void dataThatDoesNotFitIsATrapAtEveryStart() throws Exception {
    GuestModule traps = TestModules.compile("data-outside-memory");
    for (int i = 0; i < 2; i++) {
      var thrown =
          assertThrows(
              GuestTrapException.class, () -> traps.start(TestModules.environment(), calls));
      assertTrue(thrown.getMessage().contains("out of bounds memory access"));
    }
  }

  @Test
  void exitInTheInitialiserIsAnExit() throws Exception {
    GuestModule exits = TestModules.compile("exits-in-initialize");
    var thrown =
        assertThrows(GuestExitException.class, () -> exits.start(TestModules.environment(), calls));
    assertEquals(0, thrown.exitCode());
  }

  @Test
  void moduleThatBeginsWithMoreThanTheLimitIsToldSo() throws Exception {
    GuestModule large = TestModules.compile("large-memory");
    var thrown =
        assertThrows(
            GuestTrapException.class, () -> large.start(TestModules.environment(1 << 20), calls));
    assertEquals(
        "the module begins with 2097152 bytes of memory, more than the limit of 1048576",
        thrown.getMessage());
  }
}
