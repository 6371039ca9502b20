package io.hiberlet.devcluster.store;

/**
 * Takes committed changes in their order. It is called under the store's lock, so it must neither
 * block nor write to the store.
 */
public interface Watcher {

  /** One change, in any collection. */
  void changed(Change change);

  /** Every change up to this revision has been delivered. */
  void reached(long revision);
}
