package io.hiberlet.devcluster.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.store.Listing;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import io.hiberlet.devcluster.store.RevisionGoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/** Gets and lists. Thread-safe. */
final class ObjectReader {
  private static final String TOO_OLD_TOKEN =
      "The provided continue parameter is too old to display a consistent list result. You can"
          + " start a new list without the continue parameter.";

  private final ObjectStore store;

  ObjectReader(ObjectStore store) {
    this.store = store;
  }

  ApiResponse get(ResourceRequest request) {
    JsonObject object = store.get(request.key());
    if (object == null) {
      throw ApiException.notFound(request.type(), request.target().name());
    }
    return ApiResponse.json(200, present(request, object));
  }

  /** One object as its reader wants it: as it is, or as a table. */
  static JsonObject present(ResourceRequest request, JsonObject object) {
    if (!request.http().wantsTable()) {
      return request.type().present(object);
    }
    JsonObject metadata =
        Json.of("resourceVersion", Json.string(object, "metadata", "resourceVersion"));
    return Tables.of(
        request.type(), List.of(object), metadata, request.http().parameter("includeObject"));
  }

  ApiResponse list(ResourceRequest request) {
    ContinueToken token = ContinueToken.parse(request.http().parameter("continue"));
    Listing listing = token == null ? start(request) : goOn(request, token);
    NavigableMap<ObjectKey, JsonObject> rest =
        token == null ? listing.objects() : listing.objects().tailMap(token.after(), false);
    Selection selection = Selection.of(request);
    long limit = request.http().number("limit", 0);
    JsonObject metadata = Json.of("resourceVersion", Long.toString(listing.revision()));
    List<JsonObject> page = new ArrayList<>();
    ObjectKey last = null;
    for (Map.Entry<ObjectKey, JsonObject> entry : rest.entrySet()) {
      if (selection.includes(entry.getKey(), entry.getValue())) {
        if (last != null && page.size() == limit) {
          metadata.addProperty("continue", new ContinueToken(listing.revision(), last).text());
          break;
        }
        page.add(entry.getValue());
        last = limit == 0 ? null : entry.getKey();
      }
    }
    return ApiResponse.json(200, present(request, page, metadata));
  }

  private Listing start(ResourceRequest request) {
    String collection = request.type().collection();
    long revision = request.http().number("resourceVersion", 0);
    if (!request.http().parameter("resourceVersionMatch").equals("Exact")) {
      return store.list(collection);
    }
    try {
      return store.listAt(collection, revision);
    } catch (RevisionGoneException e) {
      throw ApiException.expired("The resourceVersion for the provided list is too old.");
    }
  }

  private Listing goOn(ResourceRequest request, ContinueToken token) {
    try {
      return store.listAt(request.type().collection(), token.revision());
    } catch (RevisionGoneException e) {
      throw ApiException.expired(TOO_OLD_TOKEN);
    }
  }

  private static JsonObject present(
      ResourceRequest request, List<JsonObject> page, JsonObject metadata) {
    ResourceType type = request.type();
    if (request.http().wantsTable()) {
      return Tables.of(type, page, metadata, request.http().parameter("includeObject"));
    }
    JsonArray items = new JsonArray();
    page.forEach(object -> items.add(item(type, object)));
    return Json.of(
        "kind",
        type.kind() + "List",
        "apiVersion",
        type.apiVersion(),
        "metadata",
        metadata,
        "items",
        items);
  }

  /** Items of built-in lists do not say their kind: the list does. */
  private static JsonObject item(ResourceType type, JsonObject object) {
    if (type.custom()) {
      return type.present(object);
    }
    JsonObject item = new JsonObject();
    object.entrySet().forEach(member -> item.add(member.getKey(), member.getValue()));
    item.remove("kind");
    item.remove("apiVersion");
    return item;
  }
}
