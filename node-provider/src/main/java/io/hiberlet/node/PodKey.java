package io.hiberlet.node;

/**
 * Names one pod for its whole life. A namespace and name may be used again after a deletion; a UID
 * never is, so state is always kept by UID.
 */
public record PodKey(String namespace, String name, String uid) {

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
