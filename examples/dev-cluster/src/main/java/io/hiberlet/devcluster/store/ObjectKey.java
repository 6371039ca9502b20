package io.hiberlet.devcluster.store;

/**
 * Where an object is stored.
 *
 * @param collection the resource with its group, such as {@code pods} or {@code
 *     leases.coordination.k8s.io}
 * @param namespace "" for what has none
 */
public record ObjectKey(String collection, String namespace, String name)
    implements Comparable<ObjectKey> {

  /** By collection, namespace, name: the order of lists. */
  @Override
  public int compareTo(ObjectKey other) {
    int byCollection = collection.compareTo(other.collection);
    if (byCollection != 0) {
      return byCollection;
    }
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }
}
