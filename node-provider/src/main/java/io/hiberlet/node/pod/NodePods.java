package io.hiberlet.node.pod;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodLister;
import io.hiberlet.node.staticpod.StaticPodAnnotations;
import io.hiberlet.node.staticpod.StaticPods;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All pods of this node: those of the API server, and static ones. A mirror is none of its own, but
 * has the status of its static pod. Thread-safe.
 */
final class NodePods implements PodLister {
  private final PodCache cache;
  private final StaticPods statics;

  NodePods(PodCache cache, StaticPods statics) {
    this.cache = cache;
    this.statics = statics;
  }

  @Override
  public List<V1Pod> list() {
    return Stream.concat(
            cache.list().stream().filter(pod -> !StaticPodAnnotations.isMirror(pod)),
            statics.list().stream().map(this::withStatus))
        .toList();
  }

  @Override
  public Optional<V1Pod> get(String namespace, String name) {
    return statics
        .get(namespace, name)
        .map(this::withStatus)
        .or(() -> cache.get(namespace, name).filter(pod -> !StaticPodAnnotations.isMirror(pod)));
  }

  @Override
  public boolean isMeant(V1Pod pod, String uid) {
    return PodLister.super.isMeant(pod, uid)
        || mirrorOf(pod).filter(mirror -> PodLister.super.isMeant(mirror, uid)).isPresent();
  }

  /** All that have this name now: a pod, or a static pod and its mirror. */
  Stream<PodKey> named(String namespace, String name) {
    return Stream.concat(
        cache.named(namespace, name).stream(),
        statics.get(namespace, name).map(PodCache::keyOf).stream());
  }

  /** Whether there is exactly this pod, be it a mirror. */
  boolean has(PodKey key) {
    return statics.get(key).isPresent() || cache.get(key).isPresent();
  }

  private V1Pod withStatus(V1Pod pod) {
    return new V1Pod()
        .apiVersion(pod.getApiVersion())
        .kind(pod.getKind())
        .metadata(pod.getMetadata())
        .spec(pod.getSpec())
        .status(mirrorOf(pod).map(V1Pod::getStatus).orElse(null));
  }

  private Optional<V1Pod> mirrorOf(V1Pod pod) {
    PodKey key = PodCache.keyOf(pod);
    return cache
        .get(key.namespace(), key.name())
        .filter(mirror -> StaticPodAnnotations.isMirrorOf(mirror, key.uid()));
  }
}
