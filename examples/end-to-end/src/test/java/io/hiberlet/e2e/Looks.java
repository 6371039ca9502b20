package io.hiberlet.e2e;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Looks again and again whether something has come about. */
final class Looks {
  /** Most looks are a kubectl, which takes a tenth of a second of CPU from what is waited for. */
  private static final Duration BETWEEN = Duration.ofMillis(400);

  private Looks() {}

  /**
   * To be completed with a limit and a condition.
   *
   * @param what is waited for, for the message of a failure
   */
  static ConditionFactory await(String what) {
    return Awaitility.await(what).pollDelay(Duration.ZERO).pollInterval(BETWEEN);
  }
}
