package io.hiberlet.node.staticpod;

import io.kubernetes.client.openapi.models.V1Pod;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What marks static pods, and their mirrors at the API server; all but one are the kubelet's. */
public final class StaticPodAnnotations {
  /** On a mirror pod: the UID of the static pod that it shows. */
  public static final String MIRROR = "kubernetes.io/config.mirror";

  static final String SOURCE = "kubernetes.io/config.source";
  static final String FILE_SOURCE = "file";
  static final String HASH = "kubernetes.io/config.hash";
  static final String SEEN = "kubernetes.io/config.seen";

  /** The name of the file that describes the pod. */
  static final String FILE = "hiberlet.io/config.file";

  private StaticPodAnnotations() {}

  /** Whether a pod came from a file; its mirror did not. */
  public static boolean isStatic(V1Pod pod) {
    return FILE_SOURCE.equals(of(pod).get(SOURCE)) && !isMirror(pod);
  }

  /** Whether a pod at the API server only shows a static pod. */
  public static boolean isMirror(V1Pod pod) {
    return of(pod).containsKey(MIRROR);
  }

  /** Whether a pod at the API server shows exactly that static pod. */
  public static boolean isMirrorOf(V1Pod pod, String uid) {
    return uid.equals(of(pod).get(MIRROR));
  }

  /** The UID of the static pod that a mirror shows; empty when it is no mirror. */
  public static Optional<String> mirrored(V1Pod pod) {
    return Optional.ofNullable(of(pod).get(MIRROR));
  }

  /** The file of a static pod; empty when another version of the agent did not tell. */
  static Optional<String> file(V1Pod pod) {
    return Optional.ofNullable(of(pod).get(FILE));
  }

  /** A file that was read again says the same of a pod, but for when it was seen first. */
  static void keepSeen(V1Pod before, V1Pod now) {
    String seen = of(before).get(SEEN);
    if (seen != null) {
      now.getMetadata().putAnnotationsItem(SEEN, seen);
    }
  }

  private static Map<String, String> of(V1Pod pod) {
    return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
  }
}
