package io.hiberlet.agent.pod;

/** Hears of what failed without ending anything. Called by any thread; must not block. */
@FunctionalInterface
interface TroubleListener {
  /** Something failed; both as in an event. */
  void trouble(String reason, String message);
}
