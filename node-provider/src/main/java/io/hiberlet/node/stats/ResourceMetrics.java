package io.hiberlet.node.stats;

import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodUsage;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * The answer to {@code /metrics/resource} (KEP-1867): what metrics-server reads from version 0.6
 * on. Names, labels, help and units are the kubelet's. metrics-server leaves a pod out altogether
 * when a container of it has used no CPU time or no memory at all.
 */
final class ResourceMetrics {
  private static final double SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final List<PodUsage> pods;
  private final long nowMillis;

  private ResourceMetrics(List<PodUsage> pods, Instant now) {
    this.pods = pods;
    this.nowMillis = now.toEpochMilli();
  }

  @SuppressWarnings("deprecation") // Of the time in milliseconds, as it is to become the default.
  static String text(
      Optional<Duration> nodeCpuTime,
      OptionalLong nodeWorkingSet,
      List<PodUsage> pods,
      Instant now) {
    MetricSnapshots snapshots = new ResourceMetrics(pods, now).all(nodeCpuTime, nodeWorkingSet);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.builder()
          .setTimestampsInMs(true)
          .build()
          .write(out, snapshots, EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no I/O happens
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private MetricSnapshots all(Optional<Duration> nodeCpuTime, OptionalLong nodeWorkingSet) {
    boolean incomplete = nodeCpuTime.isEmpty() || nodeWorkingSet.isEmpty();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    CounterSnapshot.Builder nodeCpu =
        counter(
            "node_cpu_usage_seconds", "Cumulative cpu time consumed by the node in core-seconds");
    nodeCpuTime.ifPresent(cpuTime -> nodeCpu.dataPoint(seconds(cpuTime, Labels.EMPTY)));
    GaugeSnapshot.Builder nodeMemory =
        gauge("node_memory_working_set_bytes", "Current working set of the node in bytes");
    nodeWorkingSet.ifPresent(bytes -> nodeMemory.dataPoint(bytes(bytes, Labels.EMPTY)));
    return all.metricSnapshot(nodeCpu.build())
        .metricSnapshot(nodeMemory.build())
        .metricSnapshot(containerCpu())
        .metricSnapshot(containerMemory())
        .metricSnapshot(containerStart())
        .metricSnapshot(podCpu())
        .metricSnapshot(podMemory())
        .metricSnapshot(error("scrape_error", incomplete))
        .metricSnapshot(error("resource_scrape_error", incomplete))
        .build();
  }

  private CounterSnapshot containerCpu() {
    CounterSnapshot.Builder cpu =
        counter(
            "container_cpu_usage_seconds",
            "Cumulative cpu time consumed by the container in core-seconds");
    for (PodUsage pod : pods) {
      for (ContainerUsage container : pod.containers()) {
        cpu.dataPoint(seconds(container.cpuTime(), labels(pod, container)));
      }
    }
    return cpu.build();
  }

  private GaugeSnapshot containerMemory() {
    GaugeSnapshot.Builder memory =
        gauge(
            "container_memory_working_set_bytes", "Current working set of the container in bytes");
    for (PodUsage pod : pods) {
      for (ContainerUsage container : pod.containers()) {
        memory.dataPoint(bytes(container.workingSetBytes(), labels(pod, container)));
      }
    }
    return memory.build();
  }

  private GaugeSnapshot containerStart() {
    GaugeSnapshot.Builder start =
        gauge(
            "container_start_time_seconds",
            "Start time of the container since unix epoch in seconds");
    for (PodUsage pod : pods) {
      for (ContainerUsage container : pod.containers()) {
        start.dataPoint(
            GaugeDataPointSnapshot.builder() // as the kubelet, without a time of its own
                .labels(labels(pod, container))
                .value(container.startedAt().toEpochMilli() / 1000.0)
                .build());
      }
    }
    return start.build();
  }

  private CounterSnapshot podCpu() {
    CounterSnapshot.Builder cpu =
        counter("pod_cpu_usage_seconds", "Cumulative cpu time consumed by the pod in core-seconds");
    for (PodUsage pod : pods) {
      Duration sum =
          pod.containers().stream()
              .map(ContainerUsage::cpuTime)
              .reduce(Duration.ZERO, Duration::plus);
      cpu.dataPoint(seconds(sum, labels(pod)));
    }
    return cpu.build();
  }

  private GaugeSnapshot podMemory() {
    GaugeSnapshot.Builder memory =
        gauge("pod_memory_working_set_bytes", "Current working set of the pod in bytes");
    for (PodUsage pod : pods) {
      ToLongFunction<ContainerUsage> workingSet = ContainerUsage::workingSetBytes;
      memory.dataPoint(bytes(pod.containers().stream().mapToLong(workingSet).sum(), labels(pod)));
    }
    return memory.build();
  }

  private static GaugeSnapshot error(String name, boolean incomplete) {
    return gauge(name, "1 if there was an error while getting container metrics, 0 otherwise")
        .dataPoint(GaugeDataPointSnapshot.builder().value(incomplete ? 1 : 0).build())
        .build();
  }

  private static CounterSnapshot.Builder counter(String name, String help) {
    return CounterSnapshot.builder().name(name).help(help);
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private CounterDataPointSnapshot seconds(Duration cpuTime, Labels labels) {
    return CounterDataPointSnapshot.builder()
        .labels(labels)
        .value(cpuTime.toNanos() / SECOND_NANOS)
        .scrapeTimestampMillis(nowMillis)
        .build();
  }

  private GaugeDataPointSnapshot bytes(long bytes, Labels labels) {
    return GaugeDataPointSnapshot.builder()
        .labels(labels)
        .value((double) bytes)
        .scrapeTimestampMillis(nowMillis)
        .build();
  }

  private static Labels labels(PodUsage pod) {
    return Labels.of("namespace", pod.pod().namespace(), "pod", pod.pod().name());
  }

  private static Labels labels(PodUsage pod, ContainerUsage container) {
    return labels(pod).add("container", container.name());
  }
}
