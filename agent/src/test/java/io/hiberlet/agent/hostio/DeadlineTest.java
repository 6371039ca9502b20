package io.hiberlet.agent.hostio;

import static io.hiberlet.agent.hostio.OperationsHarness.takeAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The deadline of a guest that has timers of its own. */
class DeadlineTest {
  private final OperationsHarness harness = new OperationsHarness(Limits.DEFAULT);
  private final ControllerOperations operations = harness.open(OperationsState.INITIAL);

  @Test
  void itWakesTheGuestAndTakesNoIdOfAnother() {
    operations.wakeIn(1000);
    harness.clock.pass(Duration.ofMillis(999));
    assertFalse(operations.hasCompletions());
    harness.clock.pass(Duration.ofMillis(1));
    assertEquals(List.of("0 TIMER"), takeAll(operations));
    assertEquals(1, operations.timer(1));
  }

  @Test
  void thereIsOneAtATime() {
    operations.wakeIn(1000);
    operations.wakeIn(5000);
    harness.clock.pass(Duration.ofSeconds(2));
    assertFalse(operations.hasCompletions());
    operations.wakeIn(HostCalls.NEVER);
    harness.clock.pass(Duration.ofDays(1));
    assertFalse(operations.hasCompletions());
    assertEquals(new OperationsState(1, List.of()), operations.capture());
  }

  @Test
  void oneThatHasPassedUnreadIsReplacedToo() {
    operations.wakeIn(1);
    harness.clock.pass(Duration.ofSeconds(1));
    assertTrue(operations.hasCompletions());
    operations.wakeIn(1000);
    assertFalse(operations.hasCompletions());
  }

  @Test
  void itIsPartOfTheSnapshot() {
    operations.wakeIn(10_000);
    harness.clock.pass(Duration.ofSeconds(4));
    OperationsState state = operations.capture();
    operations.close();
    ControllerOperations restored = harness.open(state);
    harness.clock.pass(Duration.ofSeconds(5));
    assertFalse(restored.hasCompletions());
    restored.takeActivity();
    harness.clock.pass(Duration.ofSeconds(1));
    assertEquals(List.of("0 TIMER"), takeAll(restored));
    assertFalse(restored.takeActivity(), "a deadline keeps nobody in memory");
  }

  @Test
  void theGuestCannotCancelIt() {
    operations.wakeIn(1);
    assertEquals(Errno.NOENT.result(), operations.cancel(0));
    harness.clock.pass(Duration.ofSeconds(1));
    assertEquals(List.of("0 TIMER"), takeAll(operations));
  }
}
