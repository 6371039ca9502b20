package io.hiberlet.devcluster.patch;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** JSON merge patches (RFC 7386). */
public final class MergePatch {
  private MergePatch() {}

  /** What the patch makes of the target, which is left as it is. */
  public static JsonElement apply(JsonElement target, JsonElement patch) {
    if (!(patch instanceof JsonObject changes)) {
      return patch.deepCopy();
    }
    JsonObject result = target instanceof JsonObject object ? object.deepCopy() : new JsonObject();
    for (var change : changes.entrySet()) {
      String name = change.getKey();
      if (change.getValue().isJsonNull()) {
        result.remove(name);
      } else {
        JsonElement present = result.has(name) ? result.get(name) : new JsonObject();
        result.add(name, apply(present, change.getValue()));
      }
    }
    return result;
  }
}
