package io.hiberlet.node.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RepeatedTaskTest {
  private static final Duration FOREVER = Duration.ofDays(1);

  @Test
  void runsAgainWhenWoken() {
    var rounds = new AtomicInteger();
    try (var task =
        new RepeatedTask(
            "test",
            () -> {
              rounds.incrementAndGet();
              return FOREVER;
            })) {
      task.start();
      Await.until("first round", () -> rounds.get() == 1);
      task.wake();
      Await.until("second round", () -> rounds.get() == 2);
    }
  }

  @Test
  void goesOnAfterFailures() {
    var rounds = new AtomicInteger();
    var backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), new Random(1));
    try (var task =
        new RepeatedTask(
            "test",
            () -> {
              if (rounds.incrementAndGet() < 20) {
                throw new IOException("not yet");
              }
              return FOREVER;
            },
            backoff)) {
      task.start();
      Await.until("twenty rounds", () -> rounds.get() == 20);
    }
  }

  @Test
  void waitsAsLongAsTheServerAsks() {
    var rounds = new AtomicInteger();
    var refused = new ApiException(429, Map.of("retry-after", List.of("1")), "{}");
    long startNanos = System.nanoTime();
    var backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), new Random(1));
    try (var task =
        new RepeatedTask(
            "test",
            () -> {
              if (rounds.incrementAndGet() == 1) {
                throw refused;
              }
              return FOREVER;
            },
            backoff)) {
      task.start();
      Await.until("another round", () -> rounds.get() == 2);
    }
    long millis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    assertTrue(millis >= 1000, () -> millis + " ms");
  }

  @Test
  void interruptsItsStepOnClose() {
    var started = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    var task =
        new RepeatedTask(
            "test",
            () -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
              return FOREVER;
            });
    task.start();
    Await.until("started", () -> started.getCount() == 0);
    task.close();
    assertEquals(0, interrupted.getCount());
  }

  @Test
  void closesWithoutHavingStarted() {
    new RepeatedTask("test", () -> FOREVER).close();
  }

  @Test
  void backoffGrowsToItsLimitAndStartsAgain() {
    var backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(7));
    assertBetween(50, 100, backoff.next());
    assertBetween(100, 200, backoff.next());
    assertBetween(200, 400, backoff.next());
    assertBetween(400, 800, backoff.next());
    assertBetween(500, 1000, backoff.next());
    assertBetween(500, 1000, backoff.next());
    backoff.reset();
    assertBetween(50, 100, backoff.next());
  }

  private static void assertBetween(long low, long high, Duration actual) {
    long millis = actual.toMillis();
    assertTrue(low <= millis && millis <= high, () -> millis + " ms");
  }
}
