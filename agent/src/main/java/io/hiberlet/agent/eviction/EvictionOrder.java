package io.hiberlet.agent.eviction;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which pod goes first, by the kubelet's rules ({@code rankMemoryPressure}, {@code
 * rankDiskPressureFunc}): one that uses more than it requested, then one of lower priority, then
 * the one with the most beyond its request.
 */
final class EvictionOrder {
  private static final Comparator<PodUsage> FIRST_TO_GO =
      Comparator.comparing(PodUsage::exceedsRequest)
          .reversed()
          .thenComparingInt(PodUsage::priority)
          .thenComparing(Comparator.comparingLong(PodUsage::excessBytes).reversed());

  private EvictionOrder() {}

  /**
   * The pod to end. Never a critical one; nor, other than with the kubelet, one that holds nothing,
   * as a pod does that hibernates: its end would bring nothing.
   */
  static Optional<PodUsage> first(List<PodUsage> pods) {
    return pods.stream().filter(pod -> !pod.critical() && pod.usedBytes() > 0).min(FIRST_TO_GO);
  }
}
