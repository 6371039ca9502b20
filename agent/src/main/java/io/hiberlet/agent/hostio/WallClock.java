package io.hiberlet.agent.hostio;

import java.time.Instant;

/** The time of day, and being called at one. May be used by any thread. */
interface WallClock {

  Instant now();

  /** Runs an action once at that time or a little later, never inside this call. */
  Alarm alarm(Instant due, Runnable action);

  /** An action that has not run yet. */
  @FunctionalInterface
  interface Alarm {
    /** The action runs no more, unless it has begun. */
    void cancel();
  }
}
