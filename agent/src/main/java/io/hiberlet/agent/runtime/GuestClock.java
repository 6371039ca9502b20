package io.hiberlet.agent.runtime;

import java.time.Duration;
import java.time.Instant;

/**
 * A guest's monotonic clock. It begins with the controller's life, goes on by the real time that
 * passes, hibernation included, and never goes back, whatever happens to the wall clock.
 */
final class GuestClock {
  private final long baseNanos;
  private final long startedAt = System.nanoTime();

  private GuestClock(long baseNanos) {
    this.baseNanos = baseNanos;
  }

  static GuestClock starting() {
    return new GuestClock(0);
  }

  /** Goes on from a saved value. A wall clock that was set back meanwhile adds nothing. */
  static GuestClock resuming(long monotonicNanos, Instant capturedAt) {
    Duration asleep = Duration.between(capturedAt, Instant.now());
    return new GuestClock(monotonicNanos + (asleep.isNegative() ? 0 : asleep.toNanos()));
  }

  long nanos() {
    return baseNanos + (System.nanoTime() - startedAt);
  }
}
