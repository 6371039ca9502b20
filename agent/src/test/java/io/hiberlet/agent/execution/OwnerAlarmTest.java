package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnerAlarmTest {
  private static final Duration AT_ONCE = Duration.ZERO;

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final Queue<Runnable> owner = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();

  @AfterEach
  void close() {
    timer.shutdownNow();
  }

  @Test
  void runsItsTaskOnTheOwner() throws Exception {
    set("task");
    letAlarmsRing();
    assertEquals(List.of(), ran);
    owner.remove().run();
    assertEquals(List.of("task"), ran);
  }

  @Test
  void isTakenBackBeforeItIsDue() throws Exception {
    OwnerAlarm.cancel(
        OwnerAlarm.set(timer, owner::add, Duration.ofMillis(1), () -> ran.add("cancelled")));
    letAlarmsRing();
    letAlarmsRing();
    assertEquals(0, owner.size());
  }

  @Test
  void isTakenBackWhileItWaitsForItsTurn() throws Exception {
    OwnerAlarm old = set("old");
    set("new");
    letAlarmsRing();
    assertEquals(2, owner.size());
    OwnerAlarm.cancel(old);
    owner.forEach(Runnable::run);
    assertEquals(List.of("new"), ran);
  }

  private OwnerAlarm set(String name) {
    return OwnerAlarm.set(timer, owner::add, AT_ONCE, () -> ran.add(name));
  }

  /** All alarms that are due have rung when a task behind them has run. */
  private void letAlarmsRing() throws Exception {
    timer.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
  }
}
