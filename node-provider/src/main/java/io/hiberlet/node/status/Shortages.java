package io.hiberlet.node.status;

import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is short on the machine at this moment, by the thresholds of {@link NodeConditions}. Those
 * go on to tell a pressure that is over; here it is not. Thread-safe.
 */
public final class Shortages {
  private final MachineInfo machine;
  private final EvictionThresholds thresholds;

  public Shortages(MachineInfo machine, EvictionThresholds thresholds) {
    this.machine = machine;
    this.thresholds = thresholds;
  }

  /** A look at the machine; what cannot be measured is not short. */
  public List<Shortage> look() {
    return Stream.of(
            shortage(Resource.MEMORY, machine.memory(), thresholds.memory()),
            shortage(Resource.DISK, machine.disk(), thresholds.disk()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Shortage> shortage(
      Resource resource, Optional<MachineInfo.Level> level, Threshold threshold) {
    return level
        .filter(now -> now.isBelow(threshold))
        .map(now -> new Shortage(resource, threshold.of(now.capacity()), now.available()));
  }
}
