package io.hiberlet.node;

import static java.util.concurrent.locks.LockSupport.parkNanos;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Waits for conditions that come true in the background. */
public final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(5);

  private Await() {}

  /** Fails after a minute; a condition that throws is not true yet. */
  public static void until(String what, Callable<Boolean> condition) {
    long deadlineNanos = System.nanoTime() + LONGEST.toNanos();
    Exception last = null;
    while (System.nanoTime() < deadlineNanos) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      parkNanos(INTERVAL.toNanos());
    }
    throw failure(what, last);
  }

  private static AssertionError failure(String what, @Nullable Exception cause) {
    return new AssertionError("still not: " + what, cause);
  }
}
