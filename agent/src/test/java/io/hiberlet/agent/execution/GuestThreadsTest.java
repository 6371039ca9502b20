package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuestThreadsTest {
  private static final long PATIENCE_SECONDS = 20;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GuestThreads threads = new GuestThreads(1);
  private final Watchdog watchdog = new Watchdog(timer, Duration.ofMinutes(1), threads);

  @AfterEach
  void close() {
    threads.close();
    timer.shutdownNow();
  }

  @Test
  void oneThatTakesLongDoesNotKeepTheOthersWaiting() throws Exception {
    CountDownLatch othersRan = new CountDownLatch(2);
    CountDownLatch longOnesOver = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      threads.execute(() -> runUntil(othersRan, longOnesOver));
    }
    for (int i = 0; i < 2; i++) {
      threads.execute(othersRan::countDown);
    }
    assertTrue(longOnesOver.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** Ends only when the others ran, though there is but one thread of its own. */
  private void runUntil(CountDownLatch others, CountDownLatch over) {
    try (Watchdog.Watch watch = watchdog.watch()) {
      if (others.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && !watch.fired()) {
        over.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theSpareThreadsAreBounded() throws Exception {
    for (int i = 0; i < 100; i++) {
      threads.began();
    }
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger started = new AtomicInteger();
    CountDownLatch five = new CountDownLatch(5);
    CountDownLatch six = new CountDownLatch(6);
    for (int i = 0; i < 6; i++) {
      threads.execute(
          () -> {
            started.incrementAndGet();
            five.countDown();
            await(release);
            six.countDown();
          });
    }
    assertTrue(five.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(5, started.get());
    release.countDown();
    assertTrue(six.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
