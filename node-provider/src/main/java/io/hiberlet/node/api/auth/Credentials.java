package io.hiberlet.node.api.auth;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a caller shows to prove who it is.
 *
 * @param certificate its client certificate, which the TLS handshake has verified; null when none
 *     was sent
 * @param bearerToken the token of its Authorization header, not verified; null when none was sent
 */
public record Credentials(@Nullable X509Certificate certificate, @Nullable String bearerToken) {

  /** Without the token, which is a secret. */
  @Override
  public String toString() {
    return "Credentials[certificate=%s, bearerToken=%s]"
        .formatted(
            certificate == null ? "none" : certificate.getSubjectX500Principal(),
            bearerToken == null ? "none" : "hidden");
  }
}
