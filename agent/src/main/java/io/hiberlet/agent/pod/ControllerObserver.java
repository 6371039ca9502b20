package io.hiberlet.agent.pod;

import java.time.Duration;

/** Hears of a controller's life, on the controller's owner; must not block. */
interface ControllerObserver {

  /** Its instance is in memory. */
  void resident();

  /** Nothing of it is in memory. */
  void hibernated();

  /** Said once; nothing comes after it. */
  void ended(Ending ending);

  /** Something failed that the controller survived. */
  void trouble(String reason, String message);

  /**
   * A wake took too long, and is as if it had not been.
   *
   * @param backoff until the next one
   */
  default void goesBack(String message, Duration backoff) {
    trouble(
        "WakeTimeout",
        "%s; it goes back to its last snapshot and is woken again in %d s"
            .formatted(message, backoff.toSeconds()));
  }

  /**
   * It could not be brought into memory.
   *
   * @param backoff until the next try
   */
  default void staysOnDisk(String message, Duration backoff) {
    trouble(
        "ResumeFailed",
        "stays on disk, is tried again in %d s: %s".formatted(backoff.toSeconds(), message));
  }
}
