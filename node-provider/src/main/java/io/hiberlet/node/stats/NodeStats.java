package io.hiberlet.node.stats;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodUsage;
import io.hiberlet.node.PodUsages;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * What this node and its pods take, in the forms in which the kubelet's API tells it. Thread-safe;
 * what looks at the disk as well may block for a while.
 */
public final class NodeStats {
  private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
  private final PodUsages pods;
  private final SummaryMaker maker;
  private final InstantSource clock;

  /** Measures from now on. */
  public NodeStats(String nodeName, PodUsages pods, NodeGauges gauges, InstantSource clock) {
    this.pods = pods;
    this.maker = new SummaryMaker(nodeName, gauges, clock.instant());
    this.clock = clock;
  }

  /**
   * The answer to {@code /stats/summary}, as JSON.
   *
   * @param onlyCpuAndMemory leaves out the rest, which costs more
   */
  public String summary(boolean onlyCpuAndMemory) {
    return gson.toJson(measure(!onlyCpuAndMemory));
  }

  /** The answer to {@code /metrics/resource}, in Prometheus' text format. */
  public String resourceMetrics() {
    List<PodUsage> usages = pods.measure(false);
    Instant now = clock.instant();
    return ResourceMetrics.text(maker.nodeCpuTime(), maker.nodeWorkingSetBytes(), usages, now);
  }

  /** The pods of which something runs, as {@code /runningpods} lists them: names and images. */
  public List<V1Pod> running() {
    return pods.measure(false).stream().map(NodeStats::running).toList();
  }

  Summary measure(boolean withDisk) {
    List<PodUsage> usages = pods.measure(withDisk);
    return maker.make(usages, withDisk, clock.instant());
  }

  private static V1Pod running(PodUsage usage) {
    return new V1Pod()
        .metadata(
            new V1ObjectMeta()
                .name(usage.pod().name())
                .namespace(usage.pod().namespace())
                .uid(usage.pod().uid()))
        .spec(
            new V1PodSpec().containers(usage.containers().stream().map(NodeStats::named).toList()));
  }

  private static V1Container named(ContainerUsage container) {
    return new V1Container().name(container.name()).image(container.image());
  }
}
