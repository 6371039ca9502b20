package io.hiberlet.devcluster.api;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.store.ObjectKey;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where the next page of a list begins, and at which revision; opaque to clients. */
record ContinueToken(long revision, ObjectKey after) {

  /**
   * Reads a token, null for "".
   *
   * @throws ApiException 400 when it is none of ours
   */
  static @Nullable ContinueToken parse(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      JsonElement token = Json.parse(Base64.getUrlDecoder().decode(text));
      return new ContinueToken(
          Json.number(token, 0, "rv"),
          new ObjectKey(
              Json.string(token, "collection"),
              Json.string(token, "namespace"),
              Json.string(token, "name")));
    } catch (IllegalArgumentException | JsonParseException e) {
      throw ApiException.badRequest("continue key is not valid: " + e.getMessage());
    }
  }

  String text() {
    byte[] token =
        Json.bytes(
            Json.of(
                "rv", revision,
                "collection", after.collection(),
                "namespace", after.namespace(),
                "name", after.name()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }
}
