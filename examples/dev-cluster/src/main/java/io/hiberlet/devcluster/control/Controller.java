package io.hiberlet.devcluster.control;

import io.hiberlet.devcluster.store.Change;

/**
 * Brings a part of the cluster from the state it has to the state it should have. Called by the
 * controllers' one thread only.
 */
interface Controller {

  /** Whether a change can give it something to do. */
  boolean concerns(Change change);

  /** Looks at the whole of its part, and does what is to be done. */
  void reconcile();
}
