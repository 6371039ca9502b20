package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BreakOffTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Watchdog watchdog = new Watchdog(timer, Duration.ofHours(1), LongWork.IGNORED);
  private final BreakOff work = new BreakOff();

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void cpuTimeIsCountedWhileWorkGoesOnAndNeverGoesBack() throws Exception {
    assertEquals(Duration.ZERO, work.cpuTime());
    CountDownLatch enough = new CountDownLatch(1);
    Thread worker =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (Watchdog.Watch watch = watchdog.watch()) {
                    work.begins(watch);
                    while (enough.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                  } finally {
                    work.ends();
                  }
                });
    Duration last = Duration.ZERO;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (last.toMillis() < 20) {
      Duration now = work.cpuTime();
      assertTrue(now.compareTo(last) >= 0, now + " after " + last);
      assertTrue(System.nanoTime() < deadline, "no CPU time is seen of work under way");
      last = now;
    }
    enough.countDown();
    worker.join();
    Duration end = work.cpuTime();
    assertTrue(end.compareTo(last) >= 0, end + " after " + last);
    assertEquals(end, work.cpuTime(), "as nothing goes on");
  }
}
