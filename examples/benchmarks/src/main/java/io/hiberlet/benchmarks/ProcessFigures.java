package io.hiberlet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process takes of the machine, as the JVM and Linux tell it. */
final class ProcessFigures {
  private static final int MAX_COLLECTIONS = 20;
  private static final long STEADY_BYTES = 4096;

  private ProcessFigures() {}

  /** Bytes of objects that are in use: collects until that no longer shrinks. */
  static long liveHeapBytes() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < MAX_COLLECTIONS; i++) {
      memory.gc();
      long used = memory.getHeapMemoryUsage().getUsed();
      if (used > least - STEADY_BYTES) {
        return Math.min(used, least);
      }
      least = used;
    }
    return least;
  }

  /** Resident memory. */
  static long residentBytes() {
    return status("VmRSS:");
  }

  /** Resident memory that no file backs: what cannot be had back by dropping caches. */
  static long anonymousBytes() {
    return status("RssAnon:");
  }

  /** Bytes that this process caused to be written to block devices so far. */
  static long deviceWriteBytes() {
    return number(Path.of("/proc/self/io"), "write_bytes:");
  }

  private static long status(String field) {
    return 1024 * number(Path.of("/proc/self/status"), field);
  }

  private static long number(Path file, String field) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
