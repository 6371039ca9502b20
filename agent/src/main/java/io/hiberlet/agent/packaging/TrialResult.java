package io.hiberlet.agent.packaging;

import java.time.Duration;

/** What came of a first wake with nobody to answer. */
public sealed interface TrialResult {

  /**
   * It came to rest, slept and came back.
   *
   * @param memoryBytes of linear memory
   * @param heldBytes of it and around it that a node has to hold while it is in memory
   * @param snapshotBytes on disk while it sleeps, before compression
   * @param wake CPU time of its start and its first wake
   * @param resume time from the disk into memory
   */
  record Slept(long memoryBytes, long heldBytes, long snapshotBytes, Duration wake, Duration resume)
      implements TrialResult {}

  /**
   * It did not come to rest, which may be for want of what it needs around it.
   *
   * @param how a sentence without its end
   */
  record Ended(String how) implements TrialResult {}

  /** It was not tried: a command has no rest. */
  record NotTried() implements TrialResult {}
}
