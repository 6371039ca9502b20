package io.hiberlet.node;

import java.time.Duration;
import java.time.Instant;

/**
 * What a container that runs takes of its node.
 *
 * @param image as the pod names it
 * @param startedAt when its present run began
 * @param cpuTime used since then by this process; never goes back within a run and a process
 * @param workingSetBytes of memory really held
 * @param memoryBytes that it was given, be they held or not; at least the working set
 * @param memoryLimitBytes that it may be given
 * @param logBytes of its logs on the disk
 */
public record ContainerUsage(
    String name,
    String image,
    Instant startedAt,
    Duration cpuTime,
    long workingSetBytes,
    long memoryBytes,
    long memoryLimitBytes,
    long logBytes) {

  /** The same with logs of that size. */
  public ContainerUsage withLogs(long bytes) {
    return new ContainerUsage(
        name, image, startedAt, cpuTime, workingSetBytes, memoryBytes, memoryLimitBytes, bytes);
  }
}
