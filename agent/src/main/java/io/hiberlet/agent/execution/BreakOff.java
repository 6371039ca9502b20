package io.hiberlet.agent.execution;

import org.jspecify.annotations.Nullable;

/** Lets any thread end the pieces of work of one owner: the one under way and those that follow. */
public final class BreakOff {
  private Watchdog.@Nullable Watch underWay; // guarded by this, as is what follows
  private boolean asked;

  /** A piece of work begins on the calling thread. */
  public synchronized void begins(Watchdog.Watch watch) {
    underWay = watch;
    if (asked) {
      watch.breakOff();
    }
  }

  /** The piece of work is over. */
  public synchronized void ends() {
    underWay = null;
  }

  /** No work goes on from now. */
  public synchronized void now() {
    asked = true;
    if (underWay != null) {
      underWay.breakOff();
    }
  }
}
