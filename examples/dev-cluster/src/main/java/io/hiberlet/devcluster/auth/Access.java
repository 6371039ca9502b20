package io.hiberlet.devcluster.auth;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;

/**
 * What somebody wants to do.
 *
 * @param path for what is no resource; then the other fields are ""
 * @param name "" for a whole collection
 */
public record Access(
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String path) {

  /** Access to a path that is no resource. */
  public static Access toPath(String verb, String path) {
    return new Access(verb, "", "", "", "", "", path);
  }

  /** What the spec of a SubjectAccessReview asks about. */
  static Access of(JsonObject spec) {
    if (spec.has("nonResourceAttributes")) {
      JsonObject attributes = Json.object(spec, "nonResourceAttributes");
      return toPath(Json.string(attributes, "verb"), Json.string(attributes, "path"));
    }
    JsonObject attributes = Json.object(spec, "resourceAttributes");
    return new Access(
        Json.string(attributes, "verb"),
        Json.string(attributes, "group"),
        Json.string(attributes, "resource"),
        Json.string(attributes, "subresource"),
        Json.string(attributes, "namespace"),
        Json.string(attributes, "name"),
        "");
  }

  /** The resource as rules name it, such as {@code pods/log}. */
  String ruleResource() {
    return subresource.isEmpty() ? resource : resource + "/" + subresource;
  }
}
