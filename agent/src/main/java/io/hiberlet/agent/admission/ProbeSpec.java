package io.hiberlet.agent.admission;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A probe of a container, with the defaults of the Kubernetes API.
 *
 * @param command what the guest, or the agent, is asked to carry out; exit code 0 is success
 * @param initialDelay after the container's start, before the first time
 * @param successThreshold how many successes in a row count
 * @param failureThreshold how many failures in a row count
 * @param grace for a container that is ended because of it; null for the pod's
 */
public record ProbeSpec(
    List<String> command,
    Duration initialDelay,
    Duration period,
    Duration timeout,
    int successThreshold,
    int failureThreshold,
    @Nullable Duration grace) {

  public ProbeSpec {
    command = List.copyOf(command);
  }
}
