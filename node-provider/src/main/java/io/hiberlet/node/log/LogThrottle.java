package io.hiberlet.node.log;

import java.time.Duration;
import java.time.Instant;

/**
 * Keeps a container that writes without end from wearing the disk out: so much may come at once,
 * and so much a second. Whole lines are left out, and counted. Guarded by its log.
 */
final class LogThrottle {
  private static final double SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final LogLimits limits;
  private double roomBytes;
  private Instant settled;
  private long leftOutLines;
  private long leftOutBytes;

  LogThrottle(LogLimits limits, Instant now) {
    this.limits = limits;
    this.roomBytes = limits.burstBytes();
    this.settled = now;
  }

  /** Whether there is room for a line. */
  boolean admits(Instant now) {
    // A wall clock that is set back gives nothing and takes nothing.
    double seconds = Math.max(0, Duration.between(settled, now).toNanos() / SECOND_NANOS);
    roomBytes =
        Math.min((double) limits.burstBytes(), roomBytes + seconds * limits.bytesPerSecond());
    settled = now;
    return roomBytes > 0;
  }

  /** So much was written. */
  void wrote(int bytes) {
    roomBytes -= bytes;
  }

  /** A part of a line is not written. */
  void leftOut(int bytes, boolean endsLine) {
    leftOutBytes += bytes;
    leftOutLines += endsLine ? 1 : 0;
  }

  /** Whether something was left out of which nobody has been told. */
  boolean hasNews() {
    return leftOutLines > 0;
  }

  /** What to tell, once. */
  String news() {
    String news =
        "hiberlet: %d lines (%d bytes) are left out here, as more than %d KiB/s came for too long"
            .formatted(leftOutLines, leftOutBytes, limits.bytesPerSecond() >> 10);
    leftOutLines = 0;
    leftOutBytes = 0;
    return news;
  }
}
