package io.hiberlet.agent.pod;

import java.time.Duration;

/**
 * How long a container that ended waits before it is started again: at once the first time, then 10
 * s, doubled up to 5 min, and forgotten after it ran for 10 min; the kubelet's rule. Not
 * thread-safe.
 */
final class RestartBackoff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration RECOVERED = Duration.ofMinutes(10);

  private Duration next = Duration.ZERO;

  /** What is started next has not failed yet. */
  void reset() {
    next = Duration.ZERO;
  }

  /**
   * The wait before the next start.
   *
   * @param ran how long the container ran before it ended
   */
  Duration afterRun(Duration ran) {
    if (ran.compareTo(RECOVERED) >= 0) {
      next = Duration.ZERO;
    }
    return advance();
  }

  /** The wait before the next try of something that never came to run; never zero. */
  Duration afterFailedStart() {
    if (next.isZero()) {
      next = FIRST;
    }
    return advance();
  }

  private Duration advance() {
    Duration now = next;
    Duration doubled = now.isZero() ? FIRST : now.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return now;
  }
}
