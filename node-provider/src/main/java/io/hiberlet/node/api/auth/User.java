package io.hiberlet.node.api.auth;

import java.util.List;
import java.util.Map;

/**
 * An authenticated caller, with the fields of UserInfo of authentication.k8s.io/v1.
 *
 * @param uid empty when the caller has none
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {

  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }
}
