package io.hiberlet.node.client;

import java.time.Instant;

/**
 * A token with which a pod's controller acts as the pod's service account.
 *
 * @param value a secret
 */
public record ServiceAccountToken(String value, Instant expiresAt) {

  /** Without the secret. */
  @Override
  public String toString() {
    return "ServiceAccountToken[expiresAt=" + expiresAt + "]";
  }
}
