package io.hiberlet.node.task;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from one failure to the next up to a limit, each shortened by up to a half at
 * random so that many nodes do not come back at the same moment. Not thread-safe.
 */
public final class Backoff {
  private final Duration first;
  private final Duration limit;
  private final RandomGenerator random;
  private Duration next;

  public Backoff(Duration first, Duration limit, RandomGenerator random) {
    this.first = first;
    this.limit = limit;
    this.random = random;
    this.next = first;
  }

  /** How long to wait after one more failure. */
  public Duration next() {
    long millis = next.toMillis();
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(limit) < 0 ? doubled : limit;
    return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
  }

  /** After a success: the next failure is the first again. */
  public void reset() {
    next = first;
  }
}
