package io.hiberlet.agent.eviction;

import io.hiberlet.agent.config.Quantities;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage;

/**
 * What a pod holds of a resource that is short.
 *
 * @param priority as its class gave it; 0 without one
 * @param critical whether the node must not end it
 */
public record PodUsage(
    PodKey pod, int priority, boolean critical, long requestedBytes, long usedBytes) {

  /** What it holds beyond its request; negative when that is less. */
  long excessBytes() {
    return usedBytes - requestedBytes;
  }

  boolean exceedsRequest() {
    return excessBytes() > 0;
  }

  /** Why it is ended, in the kubelet's words. */
  String message(Shortage why) {
    String low =
        "The node was low on resource: %s. Threshold quantity: %s, available: %s."
            .formatted(
                why.resource().value(),
                Quantities.bytesText(why.neededBytes()),
                Quantities.bytesText(why.availableBytes()));
    return exceedsRequest()
        ? low
            + " Pod %s was using %s, request is %s, has larger consumption of %s."
                .formatted(
                    pod.name(),
                    Quantities.bytesText(usedBytes),
                    Quantities.bytesText(requestedBytes),
                    why.resource().value())
        : low;
  }
}
