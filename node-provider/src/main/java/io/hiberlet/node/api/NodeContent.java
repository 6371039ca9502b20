package io.hiberlet.node.api;

import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.PodLister;
import io.hiberlet.node.stats.NodeStats;
import java.util.function.Supplier;

/**
 * What the API shows.
 *
 * @param pages those that others write
 */
public record NodeContent(
    PodLister pods, ContainerAccess containers, NodeStats stats, Pages pages) {

  /**
   * Pages that others write. They may be asked for by any thread, and block for a moment.
   *
   * @param metrics all metrics of this node, in Prometheus' text format
   * @param probeMetrics what came of probes, likewise
   * @param configuration what the node was told, as a JSON object by component
   */
  public record Pages(
      Supplier<String> metrics, Supplier<String> probeMetrics, Supplier<String> configuration) {}
}
