package io.hiberlet.node.status;

import io.hiberlet.node.EvictionThresholds.Threshold;
import io.kubernetes.client.openapi.models.V1NodeSystemInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What Linux tells about the machine. Every reading is taken anew; one that cannot be taken is
 * empty. Thread-safe.
 */
public final class MachineInfo {
  /** Linux shows CPU time in hundredths of a second (USER_HZ), on every architecture of today. */
  private static final Duration TICK = Duration.ofMillis(10);

  /**
   * In {@code proc/stat}: user, nice, system, irq, softirq, steal; guests' time is in the first.
   */
  private static final int[] CPU_USED = {1, 2, 3, 6, 7, 8};

  private final Path root;
  private final Path dataDirectory;

  /**
   * What is left of something.
   *
   * @param capacity all that there is
   */
  record Level(long available, long capacity) {
    boolean isBelow(Threshold threshold) {
      return available < threshold.of(capacity);
    }
  }

  /**
   * @param root of the file system that holds {@code proc} and {@code etc}
   * @param dataDirectory on the disk that is to be watched
   */
  public MachineInfo(Path root, Path dataDirectory) {
    this.root = root;
    this.dataDirectory = dataDirectory;
  }

  /** The processor as the label {@code kubernetes.io/arch} names it (Go's GOARCH). */
  public static String architecture() {
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (arch) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      case "i386", "i686", "x86" -> "386";
      default -> arch.startsWith("arm") ? "arm" : arch;
    };
  }

  /** What never changes while the machine runs. */
  V1NodeSystemInfo systemInfo(String kubeletVersion, String runtimeVersion) {
    String machineId = firstLine("etc/machine-id").orElse("");
    return new V1NodeSystemInfo()
        .architecture(architecture())
        .operatingSystem("linux")
        .osImage(osImage())
        .kernelVersion(System.getProperty("os.version"))
        .machineID(machineId)
        .systemUUID(firstLine("sys/class/dmi/id/product_uuid").orElse(machineId))
        .bootID(firstLine("proc/sys/kernel/random/boot_id").orElse(""))
        .kubeletVersion(kubeletVersion)
        .kubeProxyVersion("")
        .containerRuntimeVersion(runtimeVersion);
  }

  /** Memory that could be used without swapping. */
  public OptionalLong memoryAvailableBytes() {
    return memory("MemAvailable:");
  }

  private OptionalLong memory(String name) {
    try (Stream<String> lines = Files.lines(root.resolve("proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  /** Thousandths of the processors that this process may use. */
  long cpuMillis() {
    return 1000L * Runtime.getRuntime().availableProcessors();
  }

  /** CPU time that was used since the machine was started, by whomever. */
  public Optional<Duration> cpuTime() {
    try {
      String[] ticks = firstLine("proc/stat").orElseThrow().split(" +", -1);
      long used = 0;
      for (int column : CPU_USED) {
        used += Long.parseLong(ticks[column]);
      }
      return Optional.of(TICK.multipliedBy(used));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /** When the machine was started. */
  public Optional<Instant> startedAt() {
    try (Stream<String> lines = Files.lines(root.resolve("proc/stat"))) {
      return lines
          .filter(line -> line.startsWith("btime "))
          .map(line -> Instant.ofEpochSecond(Long.parseLong(line.substring("btime ".length()))))
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** All memory of the machine. */
  public OptionalLong memoryBytes() {
    return memory("MemTotal:");
  }

  /** The size of the data directory's disk. */
  public OptionalLong diskBytes() {
    try {
      return OptionalLong.of(Files.getFileStore(dataDirectory).getTotalSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Of the data directory's disk, what this process may still write. */
  public OptionalLong diskAvailableBytes() {
    try {
      return OptionalLong.of(Files.getFileStore(dataDirectory).getUsableSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** The memory, in bytes. */
  Optional<Level> memory() {
    return level(memoryAvailableBytes(), memoryBytes());
  }

  /** The data directory's disk, in bytes. */
  Optional<Level> disk() {
    return level(diskAvailableBytes(), diskBytes());
  }

  private static Optional<Level> level(OptionalLong available, OptionalLong capacity) {
    return available.isPresent() && capacity.isPresent()
        ? Optional.of(new Level(available.getAsLong(), capacity.getAsLong()))
        : Optional.empty();
  }

  /** The kernel's threads: how many can still be started. */
  Optional<Level> threads() {
    try {
      String tasks = firstLine("proc/loadavg").orElseThrow().split(" ", -1)[3];
      long running = Long.parseLong(tasks.substring(tasks.indexOf('/') + 1));
      long most =
          Math.min(
              Long.parseLong(firstLine("proc/sys/kernel/threads-max").orElseThrow()),
              Long.parseLong(firstLine("proc/sys/kernel/pid_max").orElseThrow()));
      return Optional.of(new Level(most - running, most));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private String osImage() {
    try (Stream<String> lines = Files.lines(root.resolve("etc/os-release"))) {
      return lines
          .filter(line -> line.startsWith("PRETTY_NAME="))
          .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
          .findFirst()
          .orElse("Linux");
    } catch (IOException | RuntimeException e) {
      return "Linux";
    }
  }

  private Optional<String> firstLine(String file) {
    try (Stream<String> lines = Files.lines(root.resolve(file))) {
      return lines.findFirst().map(String::strip);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
