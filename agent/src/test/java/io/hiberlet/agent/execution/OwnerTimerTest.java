package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnerTimerTest {
  private static final Duration AT_ONCE = Duration.ZERO;

  private final ScheduledThreadPoolExecutor alarms = new ScheduledThreadPoolExecutor(1);
  private final Queue<Runnable> owner = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private final OwnerTimer timer = new OwnerTimer(alarms, owner::add);

  @AfterEach
  void close() {
    alarms.shutdownNow();
  }

  @Test
  void runsItsTaskOnTheOwner() throws Exception {
    timer.set(AT_ONCE, () -> ran.add("task"));
    letAlarmsRing();
    assertEquals(List.of(), ran);
    assertTrue(timer.isSet());
    owner.remove().run();
    assertEquals(List.of("task"), ran);
    assertFalse(timer.isSet());
  }

  @Test
  void aTaskThatWaitsForItsTurnCanStillBeTakenBack() throws Exception {
    timer.set(AT_ONCE, () -> ran.add("old"));
    letAlarmsRing();
    timer.set(AT_ONCE, () -> ran.add("new"));
    letAlarmsRing();
    owner.forEach(Runnable::run);
    assertEquals(List.of("new"), ran);

    timer.set(AT_ONCE, () -> ran.add("cancelled"));
    letAlarmsRing();
    timer.cancel();
    owner.forEach(Runnable::run);
    assertEquals(List.of("new"), ran);
  }

  /** All alarms that are due have rung when a task behind them has run. */
  private void letAlarmsRing() throws Exception {
    alarms.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
  }
}
