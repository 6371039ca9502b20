package io.hiberlet.node.api.auth;

import java.io.IOException;
import java.util.Optional;

/** Finds out who a caller is. Thread-safe; may block. */
@FunctionalInterface
public interface Authenticator {

  /**
   * Names the caller.
   *
   * @return empty when the credentials name nobody known here
   * @throws IOException when that could not be found out
   */
  Optional<User> authenticate(Credentials credentials) throws IOException;

  /** Believes the first who knows the caller. */
  static Authenticator firstOf(Authenticator first, Authenticator second) {
    return credentials -> {
      Optional<User> user = first.authenticate(credentials);
      return user.isPresent() ? user : second.authenticate(credentials);
    };
  }
}
