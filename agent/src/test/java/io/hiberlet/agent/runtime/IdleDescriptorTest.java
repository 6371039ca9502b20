package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.agent.hostio.HostCalls;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a scheduler in a guest sees of the idle descriptor. The guest is idle.wat. */
class IdleDescriptorTest {
  private static final long AGAIN = 6;
  private static final long CHARACTER_DEVICE = 2;
  private static final long NONBLOCK = 4;
  private static final long CLOCK = 0;
  private static final long FD_READ = 1;

  /** What it reports of every wake. */
  private static final List<Long> WAKE =
      List.of(
          100L,
          CHARACTER_DEVICE,
          NONBLOCK,
          AGAIN, // nothing to read before it is idle
          1L, // a poll without delay has the clock's event, and that only
          CLOCK,
          1L, // the idle one that of the descriptor, however long it would wait
          FD_READ,
          42L,
          0L,
          1L, // byte
          AGAIN);

  private final RecordingCalls calls = new RecordingCalls();

  private GuestEnvironment environment(Duration slack) {
    OutputStream nowhere = OutputStream.nullOutputStream();
    return new GuestEnvironment(GuestSettings.NONE, List.of(), nowhere, nowhere, 1 << 20, slack);
  }

  @Test
  void theStyleIsRecognisedByWhatIsImportedAndExported() throws Exception {
    assertEquals(IdleStyle.IDLE_DESCRIPTOR, TestModules.compile("idle").idleStyle());
    assertEquals(IdleStyle.EVENT_LOOP, TestModules.compile("echo").idleStyle());
    assertEquals(IdleStyle.COMMAND, TestModules.compile("command").idleStyle());
  }

  @Test
  void aGuestThatWouldWaitReadsOneByteInstead() throws Exception {
    Guest guest = TestModules.compile("idle").start(environment(Duration.ZERO), calls);
    guest.wake();
    assertEquals(WAKE, calls.takeTimers());
    calls.send(3_600_000);
    guest.wake();
    assertEquals(WAKE, calls.takeTimers());
  }

  @Test
  void itsDeadlineIsTheHostsAffair() throws Exception {
    Guest guest = TestModules.compile("idle").start(environment(Duration.ZERO), calls);
    guest.wake();
    assertEquals(List.of(HostCalls.NEVER, HostCalls.NEVER), calls.wakesIn);
    calls.wakesIn.clear();
    calls.send(3_600_000);
    guest.wake();
    assertEquals(List.of(3_600_000L, 3_600_000L), calls.wakesIn);
  }

  @Test
  void theDeadlineHasSlack() throws Exception {
    Guest guest = TestModules.compile("idle").start(environment(Duration.ofSeconds(2)), calls);
    guest.wake();
    calls.wakesIn.clear();
    calls.send(10_000);
    guest.wake();
    assertEquals(List.of(12_000L, 12_000L), calls.wakesIn);
  }

  @Test
  void itIsTheSameAfterASnapshot() throws Exception {
    GuestModule module = TestModules.compile("idle");
    Guest guest = module.start(environment(Duration.ZERO), calls);
    guest.wake();
    calls.takeTimers();
    Guest resumed = module.resume(environment(Duration.ofSeconds(1)), calls, guest.capture());
    calls.wakesIn.clear();
    calls.send(5);
    resumed.wake();
    assertEquals(WAKE, calls.takeTimers());
    assertEquals(List.of(50L, 50L), calls.wakesIn, "a short delay has little slack");
  }
}
