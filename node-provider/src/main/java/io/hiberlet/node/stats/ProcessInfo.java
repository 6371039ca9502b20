package io.hiberlet.node.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What Linux tells about this process. Thread-safe. */
public final class ProcessInfo {
  private final Path root;
  private final Instant startedAt =
      ProcessHandle.current().info().startInstant().orElseGet(Instant::now);

  /**
   * @param root of the file system that holds {@code proc}
   */
  public ProcessInfo(Path root) {
    this.root = root;
  }

  /** When it began. */
  public Instant startedAt() {
    return startedAt;
  }

  /** CPU time of all of its threads. */
  public Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Its memory that is in RAM; empty where that cannot be read. */
  public OptionalLong residentBytes() {
    try (Stream<String> lines = Files.lines(root.resolve("proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }
}
