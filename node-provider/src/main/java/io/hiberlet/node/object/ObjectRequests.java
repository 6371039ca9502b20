package io.hiberlet.node.object;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.hiberlet.node.object.ObjectName.Kind;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import okhttp3.Call;

/** How to ask for single ConfigMaps and Secrets, and to read the answers. Thread-safe. */
final class ObjectRequests {
  private final ApiClient client;
  private final CoreV1Api api;

  ObjectRequests(ApiClient client) {
    this.client = client;
    this.api = new CoreV1Api(client);
  }

  ApiClient client() {
    return client;
  }

  Call get(ObjectName object) throws ApiException {
    return switch (object.kind()) {
      case CONFIG_MAP ->
          api.readNamespacedConfigMap(object.name(), object.namespace()).buildCall(null);
      case SECRET -> api.readNamespacedSecret(object.name(), object.namespace()).buildCall(null);
    };
  }

  /** A list of one: what makes it a request for a single object is the selector of its name. */
  Call list(ObjectName object) throws ApiException {
    String selector = selector(object);
    return switch (object.kind()) {
      case CONFIG_MAP ->
          api.listNamespacedConfigMap(object.namespace()).fieldSelector(selector).buildCall(null);
      case SECRET ->
          api.listNamespacedSecret(object.namespace()).fieldSelector(selector).buildCall(null);
    };
  }

  Call watch(ObjectName object, String from, int seconds) throws ApiException {
    String selector = selector(object);
    return switch (object.kind()) {
      case CONFIG_MAP ->
          api.listNamespacedConfigMap(object.namespace())
              .fieldSelector(selector)
              .resourceVersion(from)
              .allowWatchBookmarks(true)
              .timeoutSeconds(seconds)
              .watch(true)
              .buildCall(null);
      case SECRET ->
          api.listNamespacedSecret(object.namespace())
              .fieldSelector(selector)
              .resourceVersion(from)
              .allowWatchBookmarks(true)
              .timeoutSeconds(seconds)
              .watch(true)
              .buildCall(null);
    };
  }

  JsonObject execute(Call call) throws ApiException {
    return client.<JsonObject>execute(call, JsonObject.class).getData();
  }

  static PodObject parse(Kind kind, JsonObject json) {
    boolean immutable =
        json.get("immutable") instanceof JsonPrimitive value && value.getAsBoolean();
    return kind == Kind.SECRET
        ? new PodObject(contents(json, "data", ObjectRequests::decoded), Map.of(), immutable)
        : new PodObject(
            contents(json, "data", text -> text.getBytes(UTF_8)),
            contents(json, "binaryData", ObjectRequests::decoded),
            immutable);
  }

  private static Map<String, byte[]> contents(
      JsonObject json, String member, Function<String, byte[]> bytes) {
    Map<String, byte[]> contents = new HashMap<>();
    if (json.get(member) instanceof JsonObject values) {
      for (Map.Entry<String, JsonElement> value : values.entrySet()) {
        boolean text = value.getValue() instanceof JsonPrimitive;
        contents.put(value.getKey(), bytes.apply(text ? value.getValue().getAsString() : ""));
      }
    }
    return contents;
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String selector(ObjectName object) {
    return "metadata.name=" + object.name();
  }
}
