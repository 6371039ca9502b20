package io.hiberlet.node.client;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/** Changes parts of objects and leaves to others what they wrote. Every call ends after 10 s. */
public final class Patches {
  /** Patches are small; and a lease must not wait long for an answer that never comes. */
  private static final long TIMEOUT_SECONDS = 10;

  /** Builds the request of a generated API class, {@code buildCall} included. */
  @FunctionalInterface
  public interface Request {
    Call with(V1Patch patch) throws ApiException;
  }

  private Patches() {}

  /** Kubernetes' own patch: lists of known kinds are merged by their elements' keys. */
  public static <T> T strategicMerge(
      ApiClient client, Class<T> type, JsonObject patch, Request request) throws ApiException {
    return send(client, type, patch, V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH, request);
  }

  /** JSON merge patch (RFC 7396): lists are replaced. */
  public static <T> T merge(ApiClient client, Class<T> type, JsonObject patch, Request request)
      throws ApiException {
    return send(client, type, patch, V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, request);
  }

  /**
   * A model object as JSON without its empty lists and maps: client-java's models start with empty
   * ones for whatever nobody has set, which would erase what others wrote.
   */
  public static JsonElement json(Object model) {
    return withoutEmpty(JSON.getGson().toJsonTree(model));
  }

  /**
   * Whether an object already has everything that is wanted: every wanted field, no field that is
   * wanted to be null, and for every wanted element of a list one that has everything of it.
   */
  public static boolean contains(JsonElement actual, JsonElement wanted) {
    if (wanted instanceof JsonObject fields) {
      return actual instanceof JsonObject object
          && fields.entrySet().stream()
              .allMatch(
                  field ->
                      contains(
                          Objects.requireNonNullElse(object.get(field.getKey()), JsonNull.INSTANCE),
                          field.getValue()));
    }
    if (wanted instanceof JsonArray elements) {
      return actual instanceof JsonArray array
          && elements.asList().stream()
              .allMatch(element -> array.asList().stream().anyMatch(a -> contains(a, element)));
    }
    return wanted.equals(actual);
  }

  private static JsonElement withoutEmpty(JsonElement element) {
    if (element instanceof JsonArray array) {
      array.forEach(Patches::withoutEmpty);
    } else if (element instanceof JsonObject object) {
      object.entrySet().removeIf(field -> isEmpty(withoutEmpty(field.getValue())));
    }
    return element;
  }

  private static boolean isEmpty(JsonElement element) {
    return (element instanceof JsonArray array && array.isEmpty())
        || (element instanceof JsonObject object && object.isEmpty());
  }

  private static <T> T send(
      ApiClient client, Class<T> type, JsonObject patch, String format, Request request)
      throws ApiException {
    RequestBody body = RequestBody.create(patch.toString(), MediaType.get(format));
    Call generated = request.with(new V1Patch(patch.toString()));
    Call call =
        client.getHttpClient().newCall(generated.request().newBuilder().patch(body).build());
    call.timeout().timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    return client.<T>execute(call, type).getData();
  }
}
