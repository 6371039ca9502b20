package io.hiberlet.devcluster.auth;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.List;

/**
 * Role-based access control over the roles and bindings in the store. The group system:masters may
 * do everything. Thread-safe.
 */
public final class RbacAuthorizer {
  private static final String GROUP = ".rbac.authorization.k8s.io";

  private final ObjectStore store;

  public RbacAuthorizer(ObjectStore store) {
    this.store = store;
  }

  /**
   * Lets those pass who may.
   *
   * @throws ApiException 403
   */
  public void require(User user, Access access) {
    if (isAllowed(user, access)) {
      return;
    }
    String who = "User \"" + user.name() + "\" cannot ";
    if (!access.path().isEmpty()) {
      throw ApiException.forbiddenPath(who + access.verb() + " path \"" + access.path() + "\"");
    }
    String scope =
        access.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace \"" + access.namespace() + "\"";
    String resource =
        access.group().isEmpty() ? access.resource() : access.resource() + "." + access.group();
    throw ApiException.forbidden(
        resource,
        access.group(),
        access.resource(),
        access.name(),
        "%s%s resource \"%s\" in API group \"%s\" %s"
            .formatted(who, access.verb(), access.ruleResource(), access.group(), scope));
  }

  /** Whether a role bound to the user or one of its groups allows the access. */
  public boolean isAllowed(User user, Access access) {
    return user.groups().contains(User.MASTERS)
        || store.all("clusterrolebindings" + GROUP).stream()
            .anyMatch(binding -> allows(binding, user, access))
        || (!access.namespace().isEmpty()
            && store.all("rolebindings" + GROUP).stream()
                .filter(binding -> namespace(binding).equals(access.namespace()))
                .anyMatch(binding -> allows(binding, user, access)));
  }

  private boolean allows(JsonObject binding, User user, Access access) {
    return Json.objects(binding, "subjects").stream()
            .anyMatch(subject -> isMeant(subject, namespace(binding), user))
        && rules(binding).stream().anyMatch(rule -> allows(rule, access));
  }

  private static boolean isMeant(JsonObject subject, String bindingNamespace, User user) {
    String name = Json.string(subject, "name");
    return switch (Json.string(subject, "kind")) {
      case "User" -> user.name().equals(name);
      case "Group" -> user.groups().contains(name);
      case "ServiceAccount" -> {
        String namespace = Json.string(subject, "namespace");
        yield user.name()
            .equals(
                "system:serviceaccount:"
                    + (namespace.isEmpty() ? bindingNamespace : namespace)
                    + ":"
                    + name);
      }
      default -> false;
    };
  }

  private List<JsonObject> rules(JsonObject binding) {
    String name = Json.string(binding, "roleRef", "name");
    ObjectKey role =
        Json.string(binding, "roleRef", "kind").equals("ClusterRole")
            ? new ObjectKey("clusterroles" + GROUP, "", name)
            : new ObjectKey("roles" + GROUP, namespace(binding), name);
    return Json.objects(store.get(role), "rules");
  }

  private static boolean allows(JsonObject rule, Access access) {
    if (!contains(rule, "verbs", access.verb())) {
      return false;
    }
    if (!access.path().isEmpty()) {
      return Json.strings(rule, "nonResourceURLs").stream()
          .anyMatch(pattern -> matchesPath(pattern, access.path()));
    }
    List<String> names = Json.strings(rule, "resourceNames");
    return contains(rule, "apiGroups", access.group())
        && (contains(rule, "resources", access.ruleResource())
            || (!access.subresource().isEmpty()
                && Json.strings(rule, "resources").contains("*/" + access.subresource())))
        && (names.isEmpty() || names.contains(access.name()));
  }

  private static boolean matchesPath(String pattern, String path) {
    return pattern.equals(path)
        || (pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1)));
  }

  private static boolean contains(JsonObject rule, String member, String value) {
    List<String> values = Json.strings(rule, member);
    return values.contains("*") || values.contains(value);
  }

  private static String namespace(JsonObject binding) {
    return Json.string(binding, "metadata", "namespace");
  }
}
