package io.hiberlet.agent.metrics;

import io.hiberlet.agent.probe.ProbeResult.Verdict;
import io.hiberlet.agent.probe.ProbeType;
import io.hiberlet.node.PodKey;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came of probes, by container, as the kubelet tells it at {@code /metrics/probes}. What is
 * counted of a pod is forgotten with it. Thread-safe.
 */
public final class ProbeMetrics {
  private static final String NAME = "prober_probe";
  private static final String HELP =
      "Cumulative number of a liveness, readiness or startup probe for a container by result.";

  private record Series(PodKey pod, String container, ProbeType type, Verdict verdict) {
    Labels labels() {
      String result =
          switch (verdict) {
            case SUCCESS -> "successful";
            case FAILURE -> "failed";
            case ERROR, UNKNOWN -> "unknown"; // the kubelet knows no fourth word
          };
      return Labels.of(
          "container", container,
          "namespace", pod.namespace(),
          "pod", pod.name(),
          "pod_uid", pod.uid(),
          "probe_type", type.title(),
          "result", result);
    }
  }

  private final Map<Series, LongAdder> counts = new ConcurrentHashMap<>();

  ProbeMetrics() {}

  /** A probe was made. */
  public void made(PodKey pod, String container, ProbeType type, Verdict verdict) {
    Series series = new Series(pod, container, type, verdict);
    counts.computeIfAbsent(series, first -> new LongAdder()).increment();
  }

  /** A pod is gone. */
  public void forget(String podUid) {
    counts.keySet().removeIf(series -> series.pod().uid().equals(podUid));
  }

  /** Everything, in Prometheus' text format. */
  public String text() {
    CounterSnapshot.Builder probes = CounterSnapshot.builder().name(NAME).help(HELP);
    counts.forEach(
        (series, count) ->
            probes.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(series.labels())
                    .value((double) count.sum())
                    .build()));
    return AgentMetrics.text(MetricSnapshots.of(probes.build()));
  }
}
