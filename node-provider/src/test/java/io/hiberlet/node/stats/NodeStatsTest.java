package io.hiberlet.node.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodUsage;
import io.hiberlet.node.status.MachineInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStatsTest {
  private static final Instant BEGAN = Instant.parse("2026-11-21T10:00:00Z");
  private static final Instant STARTED = BEGAN.plusSeconds(10);

  @TempDir Path root;
  private Instant now = BEGAN;
  private List<PodUsage> pods = List.of();
  private boolean diskMeasured;
  private NodeStats stats;

  @BeforeEach
  void begin() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    machine(1000);
    Files.writeString(
        root.resolve("proc/meminfo"), "MemTotal: 4096 kB\nMemFree: 7 kB\nMemAvailable: 1024 kB\n");
    Files.writeString(root.resolve("proc/self/status"), "Name: java\nVmRSS:\t  512 kB\n");
    stats =
        new NodeStats(
            "edge-1",
            withDisk -> {
              diskMeasured = withDisk;
              return pods;
            },
            new NodeGauges(new MachineInfo(root, root), new ProcessInfo(root), () -> 77),
            () -> now);
  }

  /** Of these ticks, 4 and 5 are idle time, and those of guests are counted as user's already. */
  private void machine(long userTicks) throws IOException {
    Files.writeString(
        root.resolve("proc/stat"),
        "cpu  %d 10 20 999999 888888 3 4 5 500 500\ncpu0 1 2 3\nbtime 1795255000\n"
            .formatted(userTicks));
  }

  private static PodUsage ring(Duration cpuTime) {
    return new PodUsage(
        new PodKey("default", "ring", "uid-1"),
        STARTED,
        List.of(
            new ContainerUsage("main", "ring:1", STARTED, cpuTime, 30_000, 65_536, 1 << 20, 400)),
        5_000);
  }

  @Test
  void theSummaryTellsWhatNodeAndPodsTake() throws IOException {
    now = BEGAN.plusSeconds(20);
    machine(1100);
    pods = List.of(ring(Duration.ofMillis(500)));
    JsonObject summary = summary(false);
    JsonObject node = summary.getAsJsonObject("node");
    assertEquals("edge-1", node.get("nodeName").getAsString());
    assertEquals("2026-11-21T09:56:40Z", node.get("startTime").getAsString());
    assertEquals(
        "{\"time\":\"2026-11-21T10:00:20Z\",\"usageNanoCores\":50000000,"
            + "\"usageCoreNanoSeconds\":11420000000}",
        node.get("cpu").toString());
    assertEquals(
        "{\"time\":\"2026-11-21T10:00:20Z\",\"availableBytes\":1048576,"
            + "\"usageBytes\":3145728,\"workingSetBytes\":3145728}",
        node.get("memory").toString());
    assertTrue(node.getAsJsonObject("fs").get("capacityBytes").getAsLong() > 0);
    assertEquals(
        77,
        node.getAsJsonObject("runtime").getAsJsonObject("imageFs").get("usedBytes").getAsLong());
    JsonObject runtime = node.getAsJsonArray("systemContainers").get(0).getAsJsonObject();
    assertEquals("runtime", runtime.get("name").getAsString());
    assertEquals(512 << 10, runtime.getAsJsonObject("memory").get("rssBytes").getAsLong());
    assertTrue(runtime.getAsJsonObject("cpu").get("usageCoreNanoSeconds").getAsLong() > 0);

    JsonObject pod = summary.getAsJsonArray("pods").get(0).getAsJsonObject();
    assertEquals(
        "{\"name\":\"ring\",\"namespace\":\"default\",\"uid\":\"uid-1\"}",
        pod.get("podRef").toString());
    JsonObject container = pod.getAsJsonArray("containers").get(0).getAsJsonObject();
    assertEquals("main", container.get("name").getAsString());
    assertEquals(
        "{\"time\":\"2026-11-21T10:00:20Z\",\"usageNanoCores\":50000000,"
            + "\"usageCoreNanoSeconds\":500000000}",
        container.get("cpu").toString(),
        "on average since its start");
    assertEquals(container.get("cpu"), pod.get("cpu"));
    assertEquals(
        "{\"time\":\"2026-11-21T10:00:20Z\",\"availableBytes\":1018576,"
            + "\"usageBytes\":65536,\"workingSetBytes\":30000,\"rssBytes\":30000}",
        container.get("memory").toString());
    assertEquals(400, container.getAsJsonObject("logs").get("usedBytes").getAsLong());
    assertEquals(5_000, pod.getAsJsonObject("ephemeral-storage").get("usedBytes").getAsLong());
  }

  @Test
  void aRateIsThatSinceTheReadingBeforeAndNoShorterThanSomeSeconds() {
    now = STARTED.plusSeconds(10);
    pods = List.of(ring(Duration.ofSeconds(1)));
    assertEquals(100_000_000, nanoCores());
    now = now.plusSeconds(10);
    pods = List.of(ring(Duration.ofSeconds(6)));
    assertEquals(500_000_000, nanoCores());
    now = now.plusSeconds(1);
    pods = List.of(ring(Duration.ofSeconds(7)));
    assertEquals(500_000_000, nanoCores(), "one second alone tells little");
    now = now.plusSeconds(9);
    assertEquals(100_000_000, nanoCores(), "one second in ten");
    now = now.plusSeconds(10);
    pods = List.of(ring(Duration.ofSeconds(2)));
    assertEquals(50_000_000, nanoCores(), "it has begun anew: two seconds in forty");
  }

  @Test
  void onlyCpuAndMemoryCostNoLookAtTheDisk() {
    pods = List.of(ring(Duration.ofSeconds(1)));
    now = STARTED.plusSeconds(1);
    JsonObject summary = summary(true);
    assertFalse(diskMeasured);
    assertFalse(summary.getAsJsonObject("node").has("fs"));
    JsonObject pod = summary.getAsJsonArray("pods").get(0).getAsJsonObject();
    assertFalse(pod.has("ephemeral-storage"));
    summary(false);
    assertTrue(diskMeasured);
  }

  @Test
  void resourceMetricsAreThoseThatMetricsServerReads() {
    now = Instant.ofEpochMilli(1_795_255_200_123L);
    pods = List.of(ring(Duration.ofNanos(1)));
    String text = stats.resourceMetrics();
    List<String> samples = text.lines().filter(line -> !line.startsWith("#")).toList();
    assertEquals(
        List.of(
            "container_cpu_usage_seconds_total"
                + "{container=\"main\",namespace=\"default\",pod=\"ring\"} 1.0E-9 1795255200123",
            "container_memory_working_set_bytes"
                + "{container=\"main\",namespace=\"default\",pod=\"ring\"} 30000.0 1795255200123",
            "container_start_time_seconds"
                + "{container=\"main\",namespace=\"default\",pod=\"ring\"} 1.79525521E9",
            "node_cpu_usage_seconds_total 10.42 1795255200123",
            "node_memory_working_set_bytes 3145728.0 1795255200123",
            "pod_cpu_usage_seconds_total"
                + "{namespace=\"default\",pod=\"ring\"} 1.0E-9 1795255200123",
            "pod_memory_working_set_bytes"
                + "{namespace=\"default\",pod=\"ring\"} 30000.0 1795255200123",
            "resource_scrape_error 0.0",
            "scrape_error 0.0"),
        samples);
    assertTrue(text.contains("# TYPE node_cpu_usage_seconds_total counter\n"), text);
    assertTrue(text.contains("# TYPE node_memory_working_set_bytes gauge\n"), text);
  }

  @Test
  void whatTheMachineDoesNotTellIsLeftOutAndSaid() throws IOException {
    Files.delete(root.resolve("proc/meminfo"));
    Files.delete(root.resolve("proc/stat"));
    String text = stats.resourceMetrics();
    assertTrue(text.contains("resource_scrape_error 1.0\n"), text);
    assertFalse(text.contains("\nnode_cpu"), text);
    JsonObject node = summary(false).getAsJsonObject("node");
    assertFalse(node.has("cpu") || node.has("memory"));
  }

  @Test
  void runningPodsAreNamesAndImages() {
    pods = List.of(ring(Duration.ZERO));
    var pod = stats.running().getFirst();
    assertEquals("ring", pod.getMetadata().getName());
    assertEquals("ring:1", pod.getSpec().getContainers().getFirst().getImage());
  }

  private long nanoCores() {
    JsonObject pod = summary(true).getAsJsonArray("pods").get(0).getAsJsonObject();
    return pod.getAsJsonObject("cpu").get("usageNanoCores").getAsLong();
  }

  private JsonObject summary(boolean onlyCpuAndMemory) {
    return JsonParser.parseString(stats.summary(onlyCpuAndMemory)).getAsJsonObject();
  }
}
