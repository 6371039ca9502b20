package io.hiberlet.node.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes rates of CPU time out of what is read of counters that only grow. A rate is that of the
 * time since the last reading but one, as long as that is long enough to tell something; who asks
 * more often gets the same rate again. Not thread-safe.
 */
final class CpuRates {

  /**
   * The kubelet's (cAdvisor's) interval of housekeeping is 10 s; readings closer than this jump.
   */
  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(5);

  private record Reading(Instant time, Duration cpuTime, @Nullable Long nanoCores) {}

  private final Map<String, Reading> last = new HashMap<>();

  /** Begins to count something, be it ahead of the first question. */
  void begin(String name, Instant time, Duration cpuTime) {
    last.put(name, new Reading(time, cpuTime, null));
  }

  /**
   * The rate of a counter, in billionths of a core; null when nothing can be said yet.
   *
   * @param since when the counter was 0, if it is read for the first time
   */
  @Nullable Long rate(String name, Instant since, Instant now, Duration cpuTime) {
    Reading before = last.get(name);
    if (before == null || cpuTime.compareTo(before.cpuTime) < 0) { // it began anew
      before = new Reading(since, Duration.ZERO, null);
    }
    Duration window = Duration.between(before.time, now);
    boolean tooShort = window.compareTo(SHORTEST_WINDOW) < 0 && before.nanoCores != null;
    if (tooShort || !window.isPositive()) {
      return before.nanoCores;
    }
    double used = cpuTime.minus(before.cpuTime).toNanos();
    long nanoCores = Math.round(used / window.toNanos() * Duration.ofSeconds(1).toNanos());
    last.put(name, new Reading(now, cpuTime, nanoCores));
    return nanoCores;
  }

  /** Forgets all others. */
  void retain(Set<String> names) {
    last.keySet().retainAll(names);
  }
}
