package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures what controllers cost that wait for a timer far away. Arguments: an empty folder, how
 * many controllers, the KiB of the working set of each, {@code resident} or {@code hibernated}, how
 * many to warm up with, how many seconds to wait before resident memory is read. Writes one JSON
 * object to the standard output.
 *
 * <p>Other controllers have come and gone before the first look, so that what they leave behind for
 * good (compiled code, caches, the store's buffers) is on both sides of the difference.
 */
final class PopulationRun {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration NEVER = Duration.ofDays(1);

  private PopulationRun() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    int kib = Integer.parseInt(arguments[2]);
    int warmUp = Integer.parseInt(arguments[4]);
    long settleSeconds = Long.parseLong(arguments[5]);
    boolean hibernated = arguments[3].equals("hibernated");
    try (AgentPods pods = new AgentPods(folder, hibernated ? AT_ONCE : NEVER)) {
      warmUp(pods, warmUp, kib, hibernated);
      HeapHistogram before = HeapHistogram.take();
      final long heapBefore = ProcessFigures.liveHeapBytes();
      final long residentBefore = residentBytes(settleSeconds);
      pods.start("pod-", count, kib);
      if (hibernated) {
        pods.awaitHibernations(warmUp + count);
      } else {
        pods.awaitResident(count);
      }
      long heap = ProcessFigures.liveHeapBytes();
      JsonObject result = new JsonObject();
      result.addProperty("count", count);
      result.addProperty("state", arguments[3]);
      result.addProperty("workingSetKib", kib);
      result.addProperty("heapBytes", heap);
      result.addProperty("heapBytesPerController", (heap - heapBefore) / count);
      result.addProperty("residentBytesBefore", residentBefore);
      result.addProperty("residentBytes", residentBytes(settleSeconds));
      result.addProperty("anonymousBytes", ProcessFigures.anonymousBytes());
      result.addProperty("storeBytes", pods.storeBytes());
      result.add("heapBytesPerControllerByClass", HeapHistogram.take().since(before, count));
      System.out.println(result);
    }
  }

  private static void warmUp(AgentPods pods, int count, int kib, boolean hibernated)
      throws Exception {
    pods.start("warm-up-", count, kib);
    if (hibernated) {
      pods.awaitHibernations(count);
    } else {
      pods.awaitResident(count);
    }
    pods.deleteAll();
    pods.awaitResident(0);
  }

  /** The launcher has native memory trimmed every second. */
  private static long residentBytes(long settleSeconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(settleSeconds);
    return ProcessFigures.residentBytes();
  }
}
