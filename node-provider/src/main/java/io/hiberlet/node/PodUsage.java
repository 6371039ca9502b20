package io.hiberlet.node;

import java.time.Instant;
import java.util.List;

/**
 * What a pod takes of its node.
 *
 * @param startedAt when it came to this node
 * @param containers those that run; at least one
 * @param diskBytes of all that it keeps on the disk: state, logs, volumes
 */
public record PodUsage(
    PodKey pod, Instant startedAt, List<ContainerUsage> containers, long diskBytes) {
  public PodUsage {
    containers = List.copyOf(containers);
  }
}
