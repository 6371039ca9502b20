package io.hiberlet.devcluster.auth;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who asks.
 *
 * @param uid "" when unknown
 * @param extra what else the authenticator knows, as TokenReview tells it
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  /** The group that may do everything, without any role. */
  public static final String MASTERS = "system:masters";

  static final User ANONYMOUS =
      new User("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

  /** A user who proved to be that one. */
  static User authenticated(
      String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    List<String> all = new ArrayList<>(groups);
    all.add("system:authenticated");
    return new User(name, uid, List.copyOf(all), extra);
  }

  /** The user as the SubjectAccessReview's spec names it. */
  static User of(JsonObject spec) {
    return new User(
        Json.string(spec, "user"),
        Json.string(spec, "uid"),
        Json.strings(spec, "groups"),
        Map.of());
  }

  /** The user as the TokenReview's status names it. */
  public JsonObject toJson() {
    JsonObject user = Json.of("username", name);
    if (!uid.isEmpty()) {
      user.addProperty("uid", uid);
    }
    user.add("groups", Json.array(groups));
    if (!extra.isEmpty()) {
      JsonObject extras = Json.child(user, "extra");
      extra.forEach((key, values) -> extras.add(key, Json.array(values)));
    }
    return user;
  }
}
