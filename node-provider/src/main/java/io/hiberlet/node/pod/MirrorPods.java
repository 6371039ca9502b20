package io.hiberlet.node.pod;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.staticpod.StaticPodAnnotations;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1OwnerReference;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Shows static pods at the API server, as the kubelet does ({@code mirror_client.go}): a mirror has
 * the pod's UID in an annotation and is owned by the Node, as NodeRestriction demands it. One that
 * shows an older version of the file, or is being deleted, is replaced. Thread-safe; calls block.
 */
final class MirrorPods {
  private final String node;
  private final Supplier<Optional<String>> nodeUid;
  private final PodWrites writes;
  private final CoreV1Api api;

  /**
   * @param nodeUid of the Node that exists; empty while that is not known
   */
  MirrorPods(String node, Supplier<Optional<String>> nodeUid, ApiClient client, PodWrites writes) {
    this.node = node;
    this.nodeUid = nodeUid;
    this.writes = writes;
    this.api = new CoreV1Api(client);
  }

  /**
   * Sees to it that a static pod has its mirror.
   *
   * @param seen what has the pod's name at the API server, as far as is known
   * @return the mirror; empty until the API server has told that one of an older version is gone
   */
  Optional<V1Pod> keep(V1Pod pod, Optional<V1Pod> seen) throws ApiException {
    if (seen.filter(mirror -> shows(mirror, pod)).isPresent()) {
      return seen;
    }
    Optional<V1Pod> old = seen.filter(StaticPodAnnotations::isMirror);
    if (old.isPresent() && writes.delete(PodCache.keyOf(old.get()))) {
      return Optional.empty();
    }
    Optional<String> owner = nodeUid.get();
    return owner.isPresent() ? Optional.of(create(pod, owner.get())) : Optional.empty();
  }

  private static boolean shows(V1Pod mirror, V1Pod pod) {
    return StaticPodAnnotations.isMirrorOf(mirror, pod.getMetadata().getUid())
        && mirror.getMetadata().getDeletionTimestamp() == null;
  }

  private V1Pod create(V1Pod pod, String owner) throws ApiException {
    V1Pod mirror = mirror(pod, owner);
    try {
      return api.createNamespacedPod(mirror.getMetadata().getNamespace(), mirror).execute();
    } catch (ApiException e) {
      if (ApiErrors.isConflict(e)) {
        V1Pod there = read(PodCache.keyOf(mirror));
        if (shows(there, pod)) { // of which no watch has told yet
          return there;
        }
      }
      throw e;
    }
  }

  private V1Pod read(PodKey pod) throws ApiException {
    return api.readNamespacedPod(pod.name(), pod.namespace()).execute();
  }

  private V1Pod mirror(V1Pod pod, String owner) {
    V1ObjectMeta meta = pod.getMetadata();
    Map<String, String> annotations = new HashMap<>(meta.getAnnotations());
    annotations.put(StaticPodAnnotations.MIRROR, meta.getUid());
    return new V1Pod()
        .apiVersion("v1")
        .kind("Pod")
        .metadata(
            new V1ObjectMeta()
                .name(meta.getName())
                .namespace(meta.getNamespace())
                .labels(meta.getLabels())
                .annotations(annotations)
                .addOwnerReferencesItem(
                    new V1OwnerReference()
                        .apiVersion("v1")
                        .kind("Node")
                        .name(node)
                        .uid(owner)
                        .controller(true)))
        .spec(pod.getSpec());
  }

  /** The static pod that a mirror shows. */
  static Optional<PodKey> shownBy(V1Pod mirror) {
    V1ObjectMeta meta = mirror.getMetadata();
    return StaticPodAnnotations.mirrored(mirror)
        .map(uid -> new PodKey(meta.getNamespace(), meta.getName(), uid));
  }
}
