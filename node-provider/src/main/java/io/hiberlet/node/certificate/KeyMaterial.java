package io.hiberlet.node.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificates that vouch for it, the key's own first.
 *
 * @param key a secret
 */
record KeyMaterial(PrivateKey key, List<X509Certificate> chain) {

  KeyMaterial {
    chain = List.copyOf(chain);
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "KeyMaterial[" + certificate().getSubjectX500Principal() + "]";
  }
}
