package io.hiberlet.devcluster.api;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.patch.JsonPatch;
import io.hiberlet.devcluster.patch.MergePatch;
import io.hiberlet.devcluster.patch.PatchException;
import io.hiberlet.devcluster.patch.StrategicMergePatch;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads the body of a PATCH by its media type. */
final class Patches {
  private static final String JSON = "application/json-patch+json";
  private static final String MERGE = "application/merge-patch+json";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final String APPLY = "application/apply-patch+yaml";

  private interface Patch {
    JsonElement apply(JsonObject target) throws PatchException;
  }

  private Patches() {}

  /**
   * What the patch does to an object. The edit throws ApiException 422 or 400 when it does not fit.
   *
   * @throws ApiException 415 for an unknown type of patch, 501 for server-side apply
   */
  static UnaryOperator<JsonObject> edit(ApiRequest request, ResourceType type) {
    if (request.contentType().equals(APPLY)) {
      throw ApiException.notImplemented("server-side apply");
    }
    return switch (request.contentType()) {
      case JSON -> edit(type, target -> JsonPatch.apply(target, request.document()));
      case MERGE -> edit(type, target -> MergePatch.apply(target, request.document()));
      case STRATEGIC -> {
        if (type.custom() || !(request.document() instanceof JsonObject patch)) {
          throw unsupported(type);
        }
        yield edit(type, target -> StrategicMergePatch.apply(target, patch));
      }
      default -> throw unsupported(type);
    };
  }

  private static UnaryOperator<JsonObject> edit(ResourceType type, Patch patch) {
    return target -> {
      try {
        if (patch.apply(target) instanceof JsonObject patched) {
          return patched;
        }
        throw ApiException.badRequest("the patch makes no object");
      } catch (PatchException e) {
        String name = target.getAsJsonObject("metadata").get("name").getAsString();
        throw ApiException.invalid(type, name, "patch", "Invalid value: " + e.getMessage());
      }
    };
  }

  private static ApiException unsupported(ResourceType type) {
    return ApiException.unsupportedMediaType(
        type.custom() ? List.of(JSON, MERGE) : List.of(JSON, MERGE, STRATEGIC));
  }
}
