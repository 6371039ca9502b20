package io.hiberlet.node;

import io.kubernetes.client.openapi.models.V1Pod;
import java.util.List;
import java.util.Optional;

/**
 * The pods bound to this node as the API server last told them, those being deleted included, and
 * the static pods of this node, but not their mirrors. Thread-safe; never blocks. What it returns
 * is shared with the cache and must not be changed.
 */
public interface PodLister {

  /** All of them, in no particular order; empty until the first list has been read. */
  List<V1Pod> list();

  /** The pod that has this name now; its UID tells whether it is the one that was meant. */
  Optional<V1Pod> get(String namespace, String name);

  /** Whether a UID means this pod: it has that one, or its mirror has. */
  default boolean isMeant(V1Pod pod, String uid) {
    return uid.equals(pod.getMetadata().getUid());
  }
}
