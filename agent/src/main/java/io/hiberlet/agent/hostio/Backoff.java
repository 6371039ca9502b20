package io.hiberlet.agent.hostio;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubled each time up to a limit, and somewhere between half
 * of that and all of it, so that many watches do not come back at once. Not thread-safe.
 */
final class Backoff {
  private final Timeouts timeouts;
  private final RandomGenerator random;
  private Duration next;

  Backoff(Timeouts timeouts, RandomGenerator random) {
    this.timeouts = timeouts;
    this.random = random;
    this.next = timeouts.firstRetry();
  }

  /** It worked: the next failure is a first one. */
  void reset() {
    next = timeouts.firstRetry();
  }

  Duration next() {
    long halfNanos = next.toNanos() / 2;
    Duration wait = Duration.ofNanos(halfNanos + random.nextLong(halfNanos + 1));
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(timeouts.lastRetry()) < 0 ? doubled : timeouts.lastRetry();
    return wait;
  }
}
