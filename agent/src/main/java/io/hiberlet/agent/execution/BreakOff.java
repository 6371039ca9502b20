package io.hiberlet.agent.execution;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of work of one owner, for other threads: they can be ended, the one under way and
 * those that follow, and their CPU time can be read.
 */
public final class BreakOff {
  private Watchdog.@Nullable Watch underWay; // guarded by this, as is what follows
  private boolean asked;
  private long cpuNanos;

  /** A piece of work begins on the calling thread. */
  public synchronized void begins(Watchdog.Watch watch) {
    underWay = watch;
    if (asked) {
      watch.breakOff();
    }
  }

  /** The piece of work is over; said by its thread. */
  public synchronized void ends() {
    cpuNanos = cpuTime().toNanos();
    underWay = null;
  }

  /** What all of it has taken so far, the piece under way included; never goes back. */
  public synchronized Duration cpuTime() {
    Duration before = Duration.ofNanos(cpuNanos);
    return underWay == null ? before : before.plus(underWay.cpuTime());
  }

  /** No work goes on from now. */
  public synchronized void now() {
    asked = true;
    if (underWay != null) {
      underWay.breakOff();
    }
  }
}
