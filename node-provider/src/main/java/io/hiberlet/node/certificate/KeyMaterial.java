package io.hiberlet.node.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
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

  boolean isValid(Instant now) {
    return !now.isBefore(certificate().getNotBefore().toInstant())
        && now.isBefore(certificate().getNotAfter().toInstant());
  }

  /** When to ask for the next one: after four fifths of its life. */
  Instant renewal() {
    Instant from = certificate().getNotBefore().toInstant();
    Instant until = certificate().getNotAfter().toInstant();
    return from.plus(Duration.between(from, until).multipliedBy(4).dividedBy(5));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "KeyMaterial[" + certificate().getSubjectX500Principal() + "]";
  }
}
