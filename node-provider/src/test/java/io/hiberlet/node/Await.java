package io.hiberlet.node;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for conditions that come true in the background. */
public final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(10);

  private Await() {}

  /** Fails after a minute; a condition that throws is not true yet. */
  public static void until(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(LONGEST)
        .pollDelay(Duration.ZERO)
        .pollInterval(INTERVAL)
        .ignoreExceptions()
        .until(condition);
  }
}
