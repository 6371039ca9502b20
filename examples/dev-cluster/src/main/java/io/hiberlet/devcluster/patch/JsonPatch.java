package io.hiberlet.devcluster.patch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;

/** JSON patches (RFC 6902). */
public final class JsonPatch {
  /** More operations than Kubernetes takes in one patch. */
  private static final int MAX_OPERATIONS = 10_000;

  private JsonPatch() {}

  /**
   * What the patch makes of the target, which is left as it is.
   *
   * @throws PatchException when the patch is malformed, a path leads nowhere, or a test fails
   */
  public static JsonElement apply(JsonElement target, JsonElement patch) throws PatchException {
    if (!(patch instanceof JsonArray operations) || operations.size() > MAX_OPERATIONS) {
      throw new PatchException("a JSON patch is an array of operations");
    }
    JsonElement result = target.deepCopy();
    for (JsonElement operation : operations) {
      if (!(operation instanceof JsonObject members)) {
        throw new PatchException("an operation is an object");
      }
      apply(result, members);
    }
    return result;
  }

  private static void apply(JsonElement root, JsonObject operation) throws PatchException {
    JsonPointer place = JsonPointer.resolve(root, Json.string(operation, "path"));
    switch (Json.string(operation, "op")) {
      case "add" -> place.add(value(operation));
      case "remove" -> place.remove();
      case "replace" -> place.replace(value(operation));
      case "move" -> place.add(from(root, operation).remove());
      case "copy" -> place.add(from(root, operation).get().deepCopy());
      case "test" -> test(place, operation);
      default -> throw new PatchException("unexpected kind: " + Json.string(operation, "op"));
    }
  }

  private static void test(JsonPointer place, JsonObject operation) throws PatchException {
    JsonElement expected = operation.has("value") ? operation.get("value") : JsonNull.INSTANCE;
    if (!place.get().equals(expected)) {
      throw new PatchException("testing value " + Json.string(operation, "path") + " failed");
    }
  }

  private static JsonElement value(JsonObject operation) throws PatchException {
    if (!operation.has("value")) {
      throw new PatchException("missing value");
    }
    return operation.get("value").deepCopy();
  }

  private static JsonPointer from(JsonElement root, JsonObject operation) throws PatchException {
    return JsonPointer.resolve(root, Json.string(operation, "from"));
  }
}
