package io.hiberlet.devcluster.control;

import io.hiberlet.devcluster.auth.RbacAuthorizer;
import io.hiberlet.devcluster.pki.CertificateAuthority;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.List;

/** The controllers of the cluster, in one loop. */
public final class Controllers {
  private Controllers() {}

  /** A loop over all of them, not yet started. */
  public static ControllerLoop over(
      ObjectStore store, RbacAuthorizer authorizer, CertificateAuthority authority) {
    return new ControllerLoop(
        store,
        List.of(
            new NamespaceFurnisher(store, authority.identity().certificatePem()),
            new CertificateSigner(store, authorizer, authority),
            new Scheduler(store),
            new EventTrimmer(store),
            new GarbageCollector(store),
            new NamespaceEmptier(store)));
  }
}
