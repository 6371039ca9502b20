package io.hiberlet.node.api.auth;

import java.io.IOException;

/** Decides what a caller may do. Thread-safe; may block. */
@FunctionalInterface
public interface Authorizer {

  /**
   * Answers whether a caller may do something to this node.
   *
   * @param verb of the Kubernetes API, such as {@code get}
   * @param subresource of this node, such as {@code proxy}
   * @throws IOException when that could not be found out
   */
  boolean isAllowed(User user, String verb, String subresource) throws IOException;
}
