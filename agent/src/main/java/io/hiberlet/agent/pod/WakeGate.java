package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.CpuQuota;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Says when a controller may be woken next: its CPU quota must allow it, and after something failed
 * there is a back-off, and in the end no other try. Used by the controller's owner only.
 */
final class WakeGate {
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);
  private static final Duration FIRST_AFTER_OVERRUN = Duration.ofSeconds(10);
  private static final Duration FIRST_AFTER_POSTPONED = Duration.ofSeconds(1);

  /** How often in a row a wake may take too long before the life is given up. */
  private static final int MOST_OVERRUNS = 3;

  private final InstantSource clock;
  private final @Nullable CpuQuota quota;
  private int failures;
  private int overruns;
  private @Nullable Instant closedUntil;

  /**
   * @param quota null for a controller without a limit
   */
  WakeGate(InstantSource clock, @Nullable CpuQuota quota) {
    this.clock = clock;
    this.quota = quota;
  }

  /** How long to wait before the next wake; zero for not at all. */
  Duration delay() {
    Duration quotaDelay = quota == null ? Duration.ZERO : quota.delay();
    Duration backoff =
        closedUntil == null ? Duration.ZERO : Duration.between(clock.instant(), closedUntil);
    // A wall clock that is set back must not keep it shut for longer than it was meant to be.
    Duration bounded = backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
    return bounded.compareTo(quotaDelay) > 0 ? bounded : quotaDelay;
  }

  /** A wake took so much CPU time. */
  void ran(Duration cpuTime) {
    if (quota != null) {
      quota.used(cpuTime);
    }
  }

  /** A wake went well, or must not wait: forgets the failures before, not the quota. */
  void reset() {
    failures = 0;
    overruns = 0;
    closedUntil = null;
  }

  /**
   * A wake took too long. Closes for a time that doubles with each failure in a row.
   *
   * @return for how long
   */
  Duration overran() {
    overruns++;
    return close(FIRST_AFTER_OVERRUN);
  }

  /** Whether a wake took too long so often in a row that another try makes no sense. */
  boolean gaveUp() {
    return overruns >= MOST_OVERRUNS;
  }

  /**
   * A wake could not be tried. Closes for a time that doubles with each failure in a row.
   *
   * @return for how long
   */
  Duration postponed() {
    return close(FIRST_AFTER_POSTPONED);
  }

  private Duration close(Duration first) {
    Duration backoff = first.multipliedBy(1L << Math.min(failures, 10));
    Duration bounded = backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
    failures++;
    closedUntil = clock.instant().plus(bounded);
    return bounded;
  }
}
