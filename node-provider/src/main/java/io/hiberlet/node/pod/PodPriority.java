package io.hiberlet.node.pod;

import io.hiberlet.node.staticpod.StaticPodAnnotations;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.Objects;

/** How much a pod matters to its node, by the kubelet's rules ({@code IsCriticalPod}). */
public final class PodPriority {
  /** {@code scheduling.SystemCriticalPriority}. */
  public static final int CRITICAL = 2_000_000_000;

  private PodPriority() {}

  /** As its class gave it; 0 without one. */
  public static int of(V1Pod pod) {
    return Objects.requireNonNullElse(pod.getSpec().getPriority(), 0);
  }

  /** Whether its node must not end it, nor refuse it for want of something: static pods are. */
  public static boolean isCritical(V1Pod pod) {
    return of(pod) >= CRITICAL
        || StaticPodAnnotations.isStatic(pod)
        || StaticPodAnnotations.isMirror(pod);
  }
}
