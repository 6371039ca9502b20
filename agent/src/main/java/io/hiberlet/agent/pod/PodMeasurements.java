package io.hiberlet.agent.pod;

import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodUsage;
import io.hiberlet.node.PodUsages;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What the pods take of this device. CPU time and memory are read as they are now, while guests run
 * on; the disk is looked at once a minute at most. Thread-safe.
 */
public final class PodMeasurements implements PodUsages {

  /** The kubelet's {@code volumeStatsAggPeriod}: looking at the disk costs. */
  private static final Duration DISK_PERIOD = Duration.ofMinutes(1);

  /**
   * @param logs by container
   */
  private record DiskUsage(Instant at, long bytes, Map<String, Long> logs) {}

  private final PodAgent pods;
  private final PodFiles files;
  private final PodDisk disk;
  private final InstantSource clock;
  private final Map<String, DiskUsage> known = new ConcurrentHashMap<>();

  public PodMeasurements(
      PodAgent pods, PodFiles files, SnapshotRepository snapshots, InstantSource clock) {
    this.pods = pods;
    this.files = files;
    this.disk = new PodDisk(files, snapshots);
    this.clock = clock;
  }

  @Override
  public List<PodUsage> measure(boolean withDisk) {
    List<PodUsage> usages = new ArrayList<>();
    for (PodRunner runner : pods.runners()) {
      List<ContainerUsage> running = runner.usages();
      if (!running.isEmpty()) {
        PodUsage usage = new PodUsage(runner.pod().key(), runner.since(), running, 0);
        usages.add(withDisk ? withDisk(usage) : usage);
      }
    }
    Set<String> uids = usages.stream().map(usage -> usage.pod().uid()).collect(Collectors.toSet());
    known.keySet().retainAll(uids);
    return usages;
  }

  private PodUsage withDisk(PodUsage usage) {
    Instant now = clock.instant();
    DiskUsage there =
        known.compute(
            usage.pod().uid(),
            (uid, before) ->
                before != null && now.isBefore(before.at().plus(DISK_PERIOD))
                    ? before
                    : look(usage, now));
    return new PodUsage(
        usage.pod(),
        usage.startedAt(),
        usage.containers().stream()
            .map(each -> each.withLogs(there.logs().getOrDefault(each.name(), 0L)))
            .toList(),
        there.bytes());
  }

  private DiskUsage look(PodUsage usage, Instant now) {
    String uid = usage.pod().uid();
    Map<String, Long> logs =
        usage.containers().stream()
            .collect(
                Collectors.toMap(
                    ContainerUsage::name, container -> files.logBytes(uid, container.name())));
    return new DiskUsage(now, disk.bytes(uid), logs);
  }
}
