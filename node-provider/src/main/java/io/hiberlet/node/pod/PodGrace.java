package io.hiberlet.node.pod;

import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a pod may take to end. */
final class PodGrace {
  /** The API server's default, which a file need not name. */
  private static final long DEFAULT_SECONDS = 30;

  private PodGrace() {}

  /** As whoever deleted it said. */
  static Duration ofDeletion(V1Pod pod) {
    return duration(pod.getMetadata().getDeletionGracePeriodSeconds(), 0);
  }

  /** As it says itself. */
  static Duration ofSpec(V1Pod pod) {
    return duration(pod.getSpec().getTerminationGracePeriodSeconds(), DEFAULT_SECONDS);
  }

  private static Duration duration(@Nullable Long seconds, long otherwise) {
    return Duration.ofSeconds(Math.max(0, seconds == null ? otherwise : seconds));
  }
}
