package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WatchdogTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void workThatTakesTooLongIsInterrupted() {
    Watchdog watchdog = new Watchdog(timer, Duration.ofMillis(1), LongWork.IGNORED);
    try (Watchdog.Watch watch = watchdog.watch()) {
      assertThrows(InterruptedException.class, () -> new CountDownLatch(1).await());
      assertTrue(watch.fired());
    }
  }

  @Test
  void theInterruptDoesNotOutliveTheWork() throws InterruptedException {
    Watchdog watchdog = new Watchdog(timer, Duration.ofMillis(1), LongWork.IGNORED);
    try (Watchdog.Watch watch = watchdog.watch()) {
      while (!watch.fired()) {
        Thread.onSpinWait();
      }
    }
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @Test
  void workThatEndsInTimeIsLeftAlone() {
    Watchdog watchdog = new Watchdog(timer, Duration.ofHours(1), LongWork.IGNORED);
    try (Watchdog.Watch watch = watchdog.watch()) {
      assertFalse(watch.fired());
    }
    assertFalse(Thread.currentThread().isInterrupted());
  }
}
