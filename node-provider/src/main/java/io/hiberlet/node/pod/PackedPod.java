package io.hiberlet.node.pod;

import io.hiberlet.node.PodKey;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Pod;

/**
 * A pod as compressed JSON, for the many pods that nobody looks at for long: a tenth of what
 * client-java's objects take. Immutable.
 */
final class PackedPod {
  private final PodKey key;
  private final byte[] json;

  private PackedPod(PodKey key, byte[] json) {
    this.key = key;
    this.json = json;
  }

  static PackedPod of(V1Pod pod) {
    String text = JSON.getGson().toJson(pod, V1Pod.class);
    return new PackedPod(PodCache.keyOf(pod), PodCompression.compressed(text));
  }

  PodKey key() {
    return key;
  }

  /** The pod, as an object of the caller's own. */
  V1Pod unpack() {
    return JSON.getGson().fromJson(PodCompression.expanded(json), V1Pod.class);
  }
}
