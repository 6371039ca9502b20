package io.hiberlet.node.status;

import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What is short on the machine at this moment, by the thresholds of {@link NodeConditions}. Those
 * go on to tell a pressure that is over; here it is not. Thread-safe.
 */
public final class Shortages {
  private final MachineInfo machine;

  public Shortages(MachineInfo machine) {
    this.machine = machine;
  }

  /** A look at the machine; what cannot be measured is not short. */
  public List<Shortage> look() {
    return Stream.of(memory(), disk()).flatMap(Optional::stream).toList();
  }

  private Optional<Shortage> memory() {
    OptionalLong available = machine.memoryAvailableBytes();
    return available.isPresent() && available.getAsLong() < NodeConditions.LEAST_MEMORY_BYTES
        ? Optional.of(
            new Shortage(Resource.MEMORY, NodeConditions.LEAST_MEMORY_BYTES, available.getAsLong()))
        : Optional.empty();
  }

  private Optional<Shortage> disk() {
    OptionalLong size = machine.diskBytes();
    OptionalDouble available = machine.diskAvailable();
    return size.isPresent()
            && available.isPresent()
            && available.getAsDouble() < NodeConditions.LEAST_FREE
        ? Optional.of(
            new Shortage(
                Resource.DISK,
                (long) (size.getAsLong() * NodeConditions.LEAST_FREE),
                (long) (size.getAsLong() * available.getAsDouble())))
        : Optional.empty();
  }
}
