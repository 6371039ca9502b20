package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.OperationInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A controller at one moment, as {@code kubectl exec POD -- hiberlet status} tells it.
 *
 * @param memoryBytes of linear memory now held; 0 when it is hibernated
 * @param memoryLimitBytes the most that it may have
 */
public record ControllerStatus(
    String state,
    String moduleDigest,
    long memoryBytes,
    long memoryLimitBytes,
    Counters counters,
    List<OperationInfo> operations) {

  public ControllerStatus {
    operations = List.copyOf(operations);
  }

  /** Whether there is something of it in memory or on the disk. */
  boolean hasState() {
    return !state.equals(LifeState.NEW.name()) && !state.equals(LifeState.ENDED.name());
  }

  /**
   * What happened since this process started or adopted the controller.
   *
   * @param snapshotBytes written by the last hibernation
   * @param cpuTime that its wakes and resumes took
   */
  public record Counters(
      long wakes,
      long suspends,
      long resumes,
      long snapshotBytes,
      Duration cpuTime,
      @Nullable Instant lastWake) {}
}
