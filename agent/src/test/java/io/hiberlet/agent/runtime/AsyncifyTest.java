package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.HostCalls;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that block hibernate where they wait. The guest is asyncify/blocking.wat. */
@Timeout(60)
class AsyncifyTest {
  private static final int RETURNS = 0;
  private static final int SLEEPS = 1000;
  private static final int WAITS = 2000;
  private static final int OVERFLOWS = 3000;
  private static final int EXITS = 4000;
  private static final int MANY = 1000;

  private static GuestModule module;

  private final RecordingCalls calls = new RecordingCalls();

  @BeforeAll
  static void compile() throws Exception {
    module = TestModules.compile("asyncify/blocking");
  }

  private Guest started() throws Exception {
    Guest guest = module.start(TestModules.environment(), calls);
    guest.wake();
    assertEquals(List.of(), calls.takeTimers());
    return guest;
  }

  /** The same guest, in a new instance. */
  private Guest slept(Guest guest) throws Exception {
    Guest resumed = module.resume(TestModules.environment(), calls, guest.capture());
    guest.close();
    return resumed;
  }

  private List<Long> wake(Guest guest, int number) throws Exception {
    calls.send(number);
    guest.wake();
    return calls.takeTimers();
  }

  @Test
  void theStyleIsRecognised() {
    assertEquals(IdleStyle.ASYNCIFY, module.idleStyle());
  }

  @Test
  void aProgramGoesOnWhereItWaited() throws Exception {
    Guest guest = started();
    assertEquals(List.of(5L), wake(guest, 5));
    assertEquals(List.of(12L), wake(guest, 7));
    calls.send(1);
    assertEquals(List.of(13L, 15L), wake(guest, 2), "all that waits, in one wake");
    assertTrue(calls.wakesIn.stream().allMatch(millis -> millis == HostCalls.NEVER));
  }

  @Test
  void itGoesOnInANewInstanceEveryTime() throws Exception {
    Guest guest = started();
    for (int i = 1; i <= MANY; i++) {
      guest = slept(guest);
      assertEquals(List.of((long) i), wake(guest, 1));
    }
  }

  @Test
  void itMaySleepBeforeItsFirstWake() throws Exception {
    Guest guest = slept(module.start(TestModules.environment(), calls));
    assertEquals(List.of(5L), wake(guest, 5));
  }

  @Test
  void aWakeForNothingChangesNothing() throws Exception {
    Guest guest = started();
    guest.wake();
    assertEquals(List.of(), calls.takeTimers());
    assertEquals(List.of(5L), wake(guest, 5));
  }

  @Test
  void aSleepIsATimerOfTheHostAndGoesOnFromItsBeginning() throws Exception {
    Guest guest = started();
    calls.wakesIn.clear();
    assertEquals(List.of(1000L), wake(guest, SLEEPS));
    long millis = calls.wakesIn.getLast();
    assertTrue(millis > 0 && millis <= 500, calls.wakesIn.toString());
    guest = slept(guest);
    guest.wake(); // before it is due: the rest of it is slept on the thread
    assertEquals(List.of(1L), calls.takeTimers());
    assertEquals(List.of(1005L), wake(guest, 5));
  }

  @Test
  void aWaitEndsWhenItIsDueAndNotBefore() throws Exception {
    Guest guest = started();
    assertEquals(List.of(2000L), wake(guest, WAITS));
    guest = slept(guest);
    for (int wakes = 0; calls.timers.isEmpty(); wakes++) {
      assertTrue(wakes < 10_000_000, "it never ended");
      guest.wake();
    }
    assertEquals(List.of(0L), calls.takeTimers());
    assertEquals(HostCalls.NEVER, calls.wakesIn.getLast());
    assertEquals(List.of(2001L), wake(guest, 1));
  }

  @Test
  void somethingThatComesEndsAWaitBeforeItIsDue() throws Exception {
    Guest guest = started();
    assertEquals(List.of(2000L), wake(guest, WAITS));
    assertEquals(List.of(1L), wake(guest, 1));
  }

  @Test
  void returningIsTheEnd() throws Exception {
    Guest guest = started();
    calls.send(RETURNS);
    assertEquals(0, assertThrows(GuestExitException.class, guest::wake).exitCode());
  }

  @Test
  void exitIsTheEndWithItsCode() throws Exception {
    Guest guest = slept(started());
    calls.send(EXITS);
    assertEquals(4, assertThrows(GuestExitException.class, guest::wake).exitCode());
  }

  @Test
  void aStackThatDoesNotFitIsAClearError() throws Exception {
    Guest guest = started();
    calls.send(OVERFLOWS);
    String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
    assertTrue(message.startsWith("its hiberlet_stack is too small"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|its asyncify_get_state is 0, but must be 1 here",
        "2|it calls the host while its stack is taken off or put back",
        "4|it returned, and did not come to where it had waited",
        "5|its hiberlet_stack is not inside of its memory",
        "6|Trapped on unreachable instruction",
        "7|its asyncify_get_state is 1, but must be 0 here",
        "8|its asyncify_get_state is 2, but must be 0 here",
        "9|it calls the host while its stack is taken off or put back",
        "10|it calls the host while its stack is taken off or put back",
      })
  void pretendersAreToldWhatIsWrong(int mode, String expected) throws Exception {
    Guest guest = TestModules.compile("hostile-blocking").start(TestModules.environment(), calls);
    calls.send(mode);
    String message =
        assertThrows(
                GuestTrapException.class,
                () -> {
                  guest.wake();
                  guest.wake();
                })
            .getMessage();
    assertTrue(message.startsWith(expected), message);
  }

  @Test
  void aProgramThatNeverComesOutIsInterrupted() throws Exception {
    Guest guest = TestModules.compile("hostile-blocking").start(TestModules.environment(), calls);
    calls.send(3);
    Thread.currentThread().interrupt();
    String message = assertThrows(GuestTrapException.class, guest::wake).getMessage();
    assertTrue(message.startsWith("interrupted"), message);
  }
}
