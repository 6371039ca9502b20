package io.hiberlet.devcluster.resource;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.JsonPath;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of what {@code kubectl get} prints.
 *
 * @param type string, integer or date; a date is printed as an age
 * @param wide whether it takes {@code -o wide} to see it
 * @param value the cell of an object, null when it has none
 */
public record Column(
    String name, String type, boolean wide, Function<JsonObject, @Nullable JsonElement> value) {

  /** The age, the last column of most tables. */
  public static final Column AGE =
      new Column("Age", "date", false, path(".metadata.creationTimestamp"));

  /** A column of strings that stand at a JSONPath. */
  public static Column at(String name, String path) {
    return new Column(name, "string", false, path(path));
  }

  /** The cells that stand at a JSONPath. */
  public static Function<JsonObject, @Nullable JsonElement> path(String path) {
    return object -> JsonPath.find(object, path);
  }
}
