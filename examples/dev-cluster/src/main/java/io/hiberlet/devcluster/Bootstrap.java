package io.hiberlet.devcluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.api.ApiRequest;
import io.hiberlet.devcluster.api.ApiResponse;
import io.hiberlet.devcluster.api.ApiServer;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Creates what every new cluster has: namespaces, roles and their bindings, a bootstrap token. */
final class Bootstrap {
  /** The token of {@code bootstrap.json}. */
  static final String TOKEN = "hibern.letsleepingdogs0";

  private static final User KUBERNETES =
      new User("system:apiserver", "", List.of(User.MASTERS), Map.of());

  private Bootstrap() {}

  static void run(ApiServer api, ObjectStore store) throws IOException {
    ResourceTypes types = new ResourceTypes(store);
    try (InputStream resource = Bootstrap.class.getResourceAsStream("bootstrap.json")) {
      JsonElement objects = Json.parse(Objects.requireNonNull(resource).readAllBytes());
      for (JsonObject object : Json.objects(objects, "items")) {
        create(api, path(types, object), object);
      }
    }
  }

  private static String path(ResourceTypes types, JsonObject object) {
    String kind = Json.string(object, "kind");
    ResourceType type = types.all().filter(t -> t.kind().equals(kind)).findFirst().orElseThrow();
    String namespace = Json.string(object, "metadata", "namespace");
    return (type.group().isEmpty() ? "/api/" : "/apis/")
        + type.apiVersion()
        + (namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/")
        + type.plural();
  }

  private static void create(ApiServer api, String path, JsonObject object) {
    ApiRequest request =
        new ApiRequest(
            KUBERNETES, "POST", path, Map.of(), "", "application/json", Json.bytes(object));
    if (api.handle(request) instanceof ApiResponse.Document answer && answer.code() != 201) {
      throw new IllegalStateException(new String(answer.body(), StandardCharsets.UTF_8));
    }
  }
}
