package io.hiberlet.agent.admission;

import io.hiberlet.node.PodKey;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An admitted pod.
 *
 * @param priority by which the node serves it: that of its class, or that of critical pods
 * @param serviceAccount whose identity its requests carry; empty for a static pod, which has none
 * @param terminationGrace how long its containers may take to end when the node ends them
 * @param activeDeadline how long it may be on the node; null for as long as it likes
 * @param controllers its containers in the order in which they are started
 */
public record PodSpec(
    PodKey key,
    int priority,
    String serviceAccount,
    Duration terminationGrace,
    @Nullable Duration activeDeadline,
    List<ControllerSpec> controllers) {

  public PodSpec {
    controllers = List.copyOf(controllers);
  }
}
