package io.hiberlet.agent.runtime;

import io.hiberlet.agent.runtime.file.GuestMount;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/**
 * What a guest finds around it.
 *
 * @param settings of a life that begins; one that goes on has its own
 * @param mounts the files that it sees
 * @param stdout takes descriptor 1; written by the thread that runs the guest, closed by the caller
 * @param stderr takes descriptor 2, likewise
 * @param memoryLimitBytes the most linear memory, all memories together; {@code memory.grow} beyond
 *     it answers -1
 * @param timerSlack how much longer than until its next deadline an idle guest may sleep
 */
public record GuestEnvironment(
    GuestSettings settings,
    List<GuestMount> mounts,
    OutputStream stdout,
    OutputStream stderr,
    long memoryLimitBytes,
    Duration timerSlack) {

  public GuestEnvironment {
    mounts = List.copyOf(mounts);
  }

  /** The same, with timers as exact as the host's. */
  public GuestEnvironment(
      GuestSettings settings,
      List<GuestMount> mounts,
      OutputStream stdout,
      OutputStream stderr,
      long memoryLimitBytes) {
    this(settings, mounts, stdout, stderr, memoryLimitBytes, Duration.ZERO);
  }

  /** The same around a guest with other settings. */
  GuestEnvironment with(GuestSettings others) {
    return new GuestEnvironment(others, mounts, stdout, stderr, memoryLimitBytes, timerSlack);
  }
}
