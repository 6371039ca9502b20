package io.hiberlet.devcluster.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.Column;
import io.hiberlet.devcluster.resource.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** The tables of meta.k8s.io/v1 that {@code kubectl get} prints. */
final class Tables {
  private Tables() {}

  /**
   * A table of objects.
   *
   * @param metadata of the list, or of the one object
   * @param include what rows carry besides their cells: None, Metadata or Object
   */
  static JsonObject of(
      ResourceType type, Iterable<JsonObject> objects, JsonObject metadata, String include) {
    JsonArray rows = new JsonArray();
    objects.forEach(object -> rows.add(row(type, object, include)));
    return Json.of(
        "kind",
        "Table",
        "apiVersion",
        "meta.k8s.io/v1",
        "metadata",
        metadata,
        "columnDefinitions",
        definitions(type),
        "rows",
        rows);
  }

  private static JsonArray definitions(ResourceType type) {
    JsonArray definitions = new JsonArray();
    definitions.add(definition("Name", "string", "name", false));
    for (Column column : type.columns()) {
      boolean date = column.type().equals("date");
      definitions.add(
          definition(column.name(), date ? "string" : column.type(), "", column.wide()));
    }
    return definitions;
  }

  private static JsonObject definition(String name, String type, String format, boolean wide) {
    return Json.of(
        "name", name, "type", type, "format", format, "description", "", "priority", wide ? 1 : 0);
  }

  private static JsonObject row(ResourceType type, JsonObject object, String include) {
    JsonArray cells = new JsonArray();
    cells.add(Json.string(object, "metadata", "name"));
    for (Column column : type.columns()) {
      JsonElement value = column.value().apply(object);
      if (value == null) {
        cells.add(JsonNull.INSTANCE);
      } else if (column.type().equals("date") && !column.name().equals("Created At")) {
        cells.add(age(value.getAsString()));
      } else {
        cells.add(value);
      }
    }
    JsonObject row = Json.of("cells", cells);
    switch (include) {
      case "None" -> row.add("object", JsonNull.INSTANCE);
      case "Object" -> row.add("object", type.present(object));
      default ->
          row.add(
              "object",
              Json.of(
                  "kind",
                  "PartialObjectMetadata",
                  "apiVersion",
                  "meta.k8s.io/v1",
                  "metadata",
                  Json.object(object, "metadata")));
    }
    return row;
  }

  private static String age(String since) {
    try {
      Duration age = Duration.between(Instant.parse(since), Instant.now());
      if (age.toMinutes() < 2) {
        return Math.max(0, age.toSeconds()) + "s";
      }
      return age.toHours() < 2
          ? age.toMinutes() + "m"
          : age.toDays() < 2 ? age.toHours() + "h" : age.toDays() + "d";
    } catch (DateTimeParseException e) {
      return "<invalid>";
    }
  }
}
