package io.hiberlet.node.pod;

import io.hiberlet.node.PodKey;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The node's pods as last told by the API server, in an earlier process even, mirrors of static
 * pods among them. Any thread may read, and gets objects of its own; only the thread of the {@link
 * PodSource} writes, and before that starts, whoever starts it.
 */
public final class PodCache {
  private final Map<String, PackedPod> byName = new ConcurrentHashMap<>();

  /** The name of a pod for its whole life. */
  public static PodKey keyOf(V1Pod pod) {
    V1ObjectMeta metadata = pod.getMetadata();
    return new PodKey(metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  List<V1Pod> list() {
    return byName.values().stream().map(PackedPod::unpack).toList();
  }

  /** The pod that has this name now. */
  Optional<V1Pod> get(String namespace, String name) {
    return Optional.ofNullable(byName.get(namespace + "/" + name)).map(PackedPod::unpack);
  }

  /** The whole name of the pod that has this name now. */
  Optional<PodKey> named(String namespace, String name) {
    return Optional.ofNullable(byName.get(namespace + "/" + name)).map(PackedPod::key);
  }

  /** The names of all. */
  Set<PodKey> keys() {
    return byName.values().stream().map(PackedPod::key).collect(Collectors.toSet());
  }

  /** Exactly this pod, not another one of the same name. */
  Optional<V1Pod> get(PodKey key) {
    return Optional.ofNullable(byName.get(key.toString()))
        .filter(pod -> pod.key().equals(key))
        .map(PackedPod::unpack);
  }

  /**
   * Takes a complete list.
   *
   * @return the pods that are there now and those that are gone
   */
  Set<PodKey> replace(List<V1Pod> pods) {
    Set<PodKey> concerned = new HashSet<>();
    byName.values().forEach(pod -> concerned.add(pod.key()));
    Set<String> names = new HashSet<>();
    for (V1Pod pod : pods) {
      concerned.addAll(put(pod));
      names.add(keyOf(pod).toString());
    }
    byName.keySet().retainAll(names);
    return concerned;
  }

  /**
   * Takes one pod, new or changed.
   *
   * @return it, and the former pod of its name if that was another
   */
  Set<PodKey> put(V1Pod pod) {
    PackedPod packed = PackedPod.of(pod);
    PodKey key = packed.key();
    PackedPod former = byName.put(key.toString(), packed);
    return former == null ? Set.of(key) : new HashSet<>(List.of(key, former.key()));
  }

  PodKey remove(V1Pod pod) {
    PodKey key = keyOf(pod);
    byName.computeIfPresent(
        key.toString(), (name, present) -> present.key().equals(key) ? null : present);
    return key;
  }
}
