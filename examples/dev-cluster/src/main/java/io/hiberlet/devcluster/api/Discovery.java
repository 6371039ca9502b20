package io.hiberlet.devcluster.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells clients which groups, versions and resources there are. Thread-safe. */
final class Discovery {
  private static final List<String> STORED_VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  /** What can be done with a subresource, where it is not get, patch and update. */
  private static final Map<String, List<String>> SUBRESOURCE_VERBS =
      Map.of(
          "token", List.of("create"),
          "binding", List.of("create"),
          "log", List.of("get"),
          "exec", List.of("create", "get"),
          "attach", List.of("create", "get"),
          "portforward", List.of("create", "get"),
          "finalize", List.of("update"));

  private final ResourceTypes types;

  Discovery(ResourceTypes types) {
    this.types = types;
  }

  /** {@code /api}. */
  JsonObject coreVersions() {
    return Json.of(
        "kind",
        "APIVersions",
        "versions",
        Json.array(List.of("v1")),
        "serverAddressByClientCIDRs",
        new JsonArray());
  }

  /** {@code /apis}. */
  JsonObject groups() {
    List<JsonObject> groups =
        types
            .all()
            .map(ResourceType::group)
            .filter(group -> !group.isEmpty())
            .distinct()
            .map(this::groupMembers)
            .toList();
    return Json.of("kind", "APIGroupList", "apiVersion", "v1", "groups", Json.array(groups));
  }

  /** {@code /apis/GROUP}. */
  JsonObject group(String name) {
    JsonObject group = groupMembers(name);
    if (Json.objects(group, "versions").isEmpty()) {
      throw ApiException.noSuchPath();
    }
    group.addProperty("kind", "APIGroup");
    group.addProperty("apiVersion", "v1");
    return group;
  }

  private JsonObject groupMembers(String name) {
    List<JsonObject> versions =
        types
            .all()
            .filter(type -> type.group().equals(name))
            .map(ResourceType::version)
            .distinct()
            .map(version -> Json.of("groupVersion", name + "/" + version, "version", version))
            .toList();
    JsonObject group = Json.of("name", name, "versions", Json.array(versions));
    if (!versions.isEmpty()) {
      group.add("preferredVersion", versions.getFirst());
    }
    return group;
  }

  /** {@code /api/v1} and {@code /apis/GROUP/VERSION}. */
  JsonObject resources(String group, String version) {
    List<ResourceType> found =
        types
            .all()
            .filter(type -> type.group().equals(group) && type.version().equals(version))
            .collect(Collectors.toList());
    if (found.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    JsonArray resources = new JsonArray();
    for (ResourceType type : found) {
      resources.add(resource(type));
      type.subresources().stream()
          .sorted()
          .forEach(subresource -> resources.add(subresource(type, subresource)));
    }
    return Json.of(
        "kind",
        "APIResourceList",
        "apiVersion",
        "v1",
        "groupVersion",
        found.getFirst().apiVersion(),
        "resources",
        resources);
  }

  private static JsonObject resource(ResourceType type) {
    JsonObject resource =
        Json.of(
            "name", type.plural(),
            "singularName", type.singular(),
            "namespaced", type.namespaced(),
            "kind", type.kind(),
            "verbs", Json.array(type.stored() ? STORED_VERBS : List.of("create")));
    if (!type.shortNames().isEmpty()) {
      resource.add("shortNames", Json.array(type.shortNames()));
    }
    if (type.kind().equals("Pod")) {
      resource.add("categories", Json.array(List.of("all")));
    }
    return resource;
  }

  private static JsonObject subresource(ResourceType type, String subresource) {
    return Json.of(
        "name",
        type.plural() + "/" + subresource,
        "singularName",
        "",
        "namespaced",
        type.namespaced(),
        "kind",
        type.kind(),
        "verbs",
        Json.array(SUBRESOURCE_VERBS.getOrDefault(subresource, List.of("get", "patch", "update"))));
  }
}
