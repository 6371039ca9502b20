package io.hiberlet.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogStore;
import io.hiberlet.node.log.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * What the logs of many controllers that say little write to a disk, by how long lines are gathered
 * before they are given to the operating system. All variants run side by side, each on a file
 * system of its own.
 *
 * <pre>
 * LogWrites MINUTES SECONDS_BETWEEN_LINES FOLDER:BLOCK_DEVICE:GATHER_SECONDS...
 * </pre>
 */
public final class LogWrites {
  private static final int LOGS = 100;
  private static final int SECTOR_BYTES = 512;
  private static final String LINE = "x".repeat(80) + "\n";

  private LogWrites() {}

  /**
   * @param folder on a file system that nothing else writes to
   * @param gather how long lines wait; zero for not at all
   */
  private record Variant(Path folder, String device, Duration gather) {
    static Variant parse(String text) {
      String[] parts = text.split(":", -1);
      return new Variant(
          Path.of(parts[0]), parts[1], Duration.ofSeconds(Integer.parseInt(parts[2])));
    }

    /** The kernel's count of what it wrote to the device (Documentation/block/stat.rst). */
    long bytesWritten() throws IOException {
      String stat = Files.readString(Path.of("/sys/class/block", device, "stat"));
      return Long.parseLong(stat.strip().split("\\s+", -1)[6]) * SECTOR_BYTES;
    }

    JsonObject run(Duration length, Duration between) throws IOException {
      LogStore store = new LogStore(LogLimits.KUBELET_DEFAULTS);
      List<ContainerLog> logs = new ArrayList<>();
      for (int i = 0; i < LOGS; i++) {
        Path of = folder.resolve(Integer.toString(i));
        logs.add(store.open(() -> of, 0));
      }
      long before = bytesWritten();
      int lines = write(store, logs, length, between);
      JsonObject figures = new JsonObject();
      figures.addProperty("gatherSeconds", gather.toSeconds());
      figures.addProperty("lines", lines);
      figures.addProperty("kibWritten", (bytesWritten() - before) >> 10);
      return figures;
    }

    private int write(LogStore store, List<ContainerLog> logs, Duration length, Duration between) {
      Random random = new Random(1); // the same lines at the same time in each variant
      PriorityQueue<Turn> turns = new PriorityQueue<>();
      for (ContainerLog log : logs) {
        turns.add(new Turn(random.nextLong(between.toNanos()), log));
      }
      long begun = System.nanoTime();
      long nextFlush = gather.toNanos();
      int lines = 0;
      for (Turn turn = turns.remove();
          turn.nanos() < length.toNanos();
          turn = turns.remove(), lines++) {
        if (!gather.isZero() && nextFlush <= turn.nanos()) {
          waitUntil(begun + nextFlush);
          store.flush();
          nextFlush += gather.toNanos();
        }
        waitUntil(begun + turn.nanos());
        turn.print();
        if (gather.isZero()) {
          store.flush();
        }
        turns.add(turn.after(random.nextLong(2 * between.toNanos())));
      }
      return lines;
    }
  }

  /** A line that is due, so long after the beginning. */
  private record Turn(long nanos, ContainerLog log) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      return Long.compare(nanos, other.nanos);
    }

    Turn after(long pauseNanos) {
      return new Turn(nanos + pauseNanos, log);
    }

    void print() {
      try {
        log.stream(Stream.STDOUT).write(LINE.getBytes(UTF_8));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void waitUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Prints one JSON object. */
  public static void main(String[] args) throws Exception {
    Duration length = Duration.ofMinutes(Integer.parseInt(args[0]));
    Duration between = Duration.ofSeconds(Integer.parseInt(args[1]));
    List<Variant> variants = new ArrayList<>();
    for (String each : List.of(args).subList(2, args.length)) {
      variants.add(Variant.parse(each));
    }
    JsonObject all = new JsonObject();
    all.addProperty("minutes", length.toMinutes());
    all.addProperty("secondsBetweenLines", between.toSeconds());
    all.addProperty("logs", LOGS);
    JsonArray figures = new JsonArray();
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      List<Future<JsonObject>> running = new ArrayList<>();
      for (Variant variant : variants) {
        running.add(threads.submit(() -> variant.run(length, between)));
      }
      for (Future<JsonObject> each : running) {
        figures.add(each.get());
      }
    }
    all.add("gathered", figures);
    System.out.println(all);
  }
}
