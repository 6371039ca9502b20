package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures what controllers cost. Arguments: an empty folder, {@code controllers} or {@code pods},
 * {@code resident} or {@code hibernated}, how many, the KiB of the working set of each, how many to
 * warm up with, how many seconds to wait before resident memory is read. Writes one JSON object to
 * the standard output.
 *
 * <p>Others have come and gone before the first look, so that what they leave behind for good
 * (compiled code, caches, the store's buffers) is on both sides of the difference.
 */
final class PopulationRun {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration NEVER = Duration.ofDays(1);

  private static final int AT_A_TIME = 200;

  private final AgentParts agent;
  private final Population population;
  private final boolean hibernated;
  private final int kib;
  private final long settleSeconds;
  private int begun;

  private PopulationRun(
      AgentParts agent, Population population, boolean hibernated, int kib, long settleSeconds) {
    this.agent = agent;
    this.population = population;
    this.hibernated = hibernated;
    this.kib = kib;
    this.settleSeconds = settleSeconds;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    boolean pods = arguments[1].equals("pods");
    boolean hibernated = arguments[2].equals("hibernated");
    int count = Integer.parseInt(arguments[3]);
    int kib = Integer.parseInt(arguments[4]);
    int warmUp = Integer.parseInt(arguments[5]);
    long settleSeconds = Long.parseLong(arguments[6]);
    Duration idleAfter = hibernated ? AT_ONCE : NEVER;
    try (AgentParts agent = new AgentParts(folder)) {
      Population population =
          pods ? new PodPopulation(agent, idleAfter) : new ControllerPopulation(agent, idleAfter);
      PopulationRun run = new PopulationRun(agent, population, hibernated, kib, settleSeconds);
      run.begin("warm-up-", warmUp);
      population.deleteAll();
      JsonObject result = run.measure(count);
      result.addProperty("of", arguments[1]);
      result.addProperty("state", arguments[2]);
      System.out.println(result);
    }
  }

  private JsonObject measure(int count) throws Exception {
    final HeapHistogram before = HeapHistogram.take();
    final long heapBefore = ProcessFigures.liveHeapBytes();
    final long residentBefore = residentBytes();
    begin("measured-", count);
    long heap = ProcessFigures.liveHeapBytes();
    JsonObject result = new JsonObject();
    result.addProperty("count", count);
    result.addProperty("workingSetKib", kib);
    result.addProperty("heapBytes", heap);
    result.addProperty("heapBytesOfEach", (heap - heapBefore) / count);
    result.addProperty("residentBytesBefore", residentBefore);
    result.addProperty("residentBytes", residentBytes());
    result.addProperty("anonymousBytes", ProcessFigures.anonymousBytes());
    result.addProperty("storeBytes", agent.store().usage());
    result.add("heapBytesOfEachByClass", HeapHistogram.take().since(before, count));
    return result;
  }

  /**
   * Returns when all of them are where they will stay. Not all begin at once: those that are to
   * sleep need not fit in memory together.
   */
  private void begin(String prefix, int count) throws Exception {
    for (int first = 0; first < count; first += AT_A_TIME) {
      int some = Math.min(AT_A_TIME, count - first);
      population.start(prefix + first + "-", some, kib);
      begun += some;
      if (hibernated) {
        agent.awaitHibernations(begun);
      } else {
        agent.awaitResident(first + some);
      }
    }
  }

  /** The launcher has native memory trimmed every second. */
  private long residentBytes() throws InterruptedException {
    TimeUnit.SECONDS.sleep(settleSeconds);
    return ProcessFigures.residentBytes();
  }
}
