package io.hiberlet.node;

import org.jspecify.annotations.Nullable;

/**
 * Names a container of a pod on this node.
 *
 * @param uid of the pod; null when any pod of that name will do
 */
public record ContainerRef(String namespace, String pod, @Nullable String uid, String container) {

  @Override
  public String toString() {
    return namespace + "/" + pod + "/" + container;
  }
}
