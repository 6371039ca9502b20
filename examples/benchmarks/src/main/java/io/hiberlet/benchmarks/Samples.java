package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import java.util.Arrays;

/** Durations of one kind, and what is said of them. Used by one thread. */
final class Samples {
  private static final double NANOS_PER_MILLI = 1_000_000;

  private long[] nanos = new long[64];
  private int count;

  /** Work that is timed. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  void time(Work work) throws Exception {
    long began = System.nanoTime();
    work.run();
    add(System.nanoTime() - began);
  }

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = duration;
  }

  int count() {
    return count;
  }

  /** The nearest rank: the least sample that so many of a hundred do not exceed. */
  long percentileNanos(double percent) {
    if (count == 0) {
      throw new IllegalStateException("nothing was timed");
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(percent / 100 * count) - 1)];
  }

  /** In milliseconds, down to the microsecond. */
  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("count", count);
    json.addProperty("p50Millis", millis(percentileNanos(50)));
    json.addProperty("p99Millis", millis(percentileNanos(99)));
    json.addProperty("minMillis", millis(percentileNanos(0)));
    json.addProperty("maxMillis", millis(percentileNanos(100)));
    return json;
  }

  private static double millis(long duration) {
    return Math.round(duration / NANOS_PER_MILLI * 1000) / 1000.0;
  }
}
