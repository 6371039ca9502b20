package io.hiberlet.agent.execution;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A share of a CPU, kept over pieces of work that cannot be interrupted: what one of them took too
 * much, the next ones wait for. Means the same as the quota that Linux' CFS keeps for {@code
 * limits.cpu}, with its period of 100 ms. Used by one thread at a time.
 */
public final class CpuQuota {
  private static final Duration PERIOD = Duration.ofMillis(100);

  private final double cpus;
  private final InstantSource clock;
  private final double mostNanos;

  /** CPU time that may still be used as of {@link #settled}; negative when too much was. */
  private double balanceNanos;

  private Instant settled;

  /**
   * @param cpus CPU seconds per second, more than 0
   */
  public CpuQuota(double cpus, InstantSource clock) {
    if (!(cpus > 0)) {
      throw new IllegalArgumentException("a quota of " + cpus + " CPUs");
    }
    this.cpus = cpus;
    this.clock = clock;
    this.mostNanos = cpus * PERIOD.toNanos();
    this.balanceNanos = mostNanos;
    this.settled = clock.instant();
  }

  /** The quota of a limit; null for no limit. */
  public static @Nullable CpuQuota of(@Nullable Double cpus, InstantSource clock) {
    return cpus == null ? null : new CpuQuota(cpus, clock);
  }

  /** Takes CPU time off the balance. */
  public void used(Duration cpuTime) {
    settle();
    balanceNanos -= cpuTime.toNanos();
  }

  /** How long to wait before more may be used; zero when some may be used now. */
  public Duration delay() {
    settle();
    return balanceNanos >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-balanceNanos / cpus) + 1);
  }

  private void settle() {
    Instant now = clock.instant();
    // A wall clock that is set back gives nothing and takes nothing.
    double earned = Math.max(0, Duration.between(settled, now).toNanos() * cpus);
    balanceNanos = Math.min(mostNanos, balanceNanos + earned);
    settled = now;
  }
}
