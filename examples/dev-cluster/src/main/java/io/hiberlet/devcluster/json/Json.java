package io.hiberlet.devcluster.json;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Access to JSON trees by path, where what is absent reads as empty. */
public final class Json {
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setStrictness(Strictness.STRICT).create();

  private Json() {}

  /**
   * Reads a document.
   *
   * @throws JsonParseException when it is no JSON
   */
  public static JsonElement parse(byte[] utf8) {
    JsonElement parsed = GSON.fromJson(new String(utf8, StandardCharsets.UTF_8), JsonElement.class);
    if (parsed == null) {
      throw new JsonParseException("the document is empty");
    }
    return parsed;
  }

  /** The UTF-8 text of a tree; members that are null are left out. */
  public static byte[] bytes(JsonElement tree) {
    return GSON.toJson(tree).getBytes(StandardCharsets.UTF_8);
  }

  /** An object of alternating names and values; values may be strings, numbers, booleans, trees. */
  public static JsonObject of(Object... namesAndValues) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.add((String) namesAndValues[i], element(namesAndValues[i + 1]));
    }
    return object;
  }

  /** An array of strings, numbers, booleans or trees. */
  public static JsonArray array(Iterable<?> values) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(element(value)));
    return array;
  }

  private static JsonElement element(Object value) {
    return switch (value) {
      case JsonElement tree -> tree;
      case String string -> new JsonPrimitive(string);
      case Number number -> new JsonPrimitive(number);
      case Boolean bool -> new JsonPrimitive(bool);
      default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
    };
  }

  /** What is at the path, null when nothing or JSON's null is. */
  public static @Nullable JsonElement at(@Nullable JsonElement from, String... path) {
    JsonElement here = from;
    for (String name : path) {
      here = here instanceof JsonObject object ? object.get(name) : null;
    }
    return here == null || here.isJsonNull() ? null : here;
  }

  /** The scalar at the path as a string, "" when there is none. */
  public static String string(@Nullable JsonElement from, String... path) {
    return at(from, path) instanceof JsonPrimitive primitive ? primitive.getAsString() : "";
  }

  /** The number at the path. */
  public static long number(@Nullable JsonElement from, long absent, String... path) {
    return at(from, path) instanceof JsonPrimitive primitive && primitive.isNumber()
        ? primitive.getAsLong()
        : absent;
  }

  /** Whether true is at the path. */
  public static boolean isTrue(@Nullable JsonElement from, String... path) {
    return at(from, path) instanceof JsonPrimitive primitive
        && primitive.isBoolean()
        && primitive.getAsBoolean();
  }

  /** The object at the path itself, a new and unattached one when there is none. */
  public static JsonObject object(@Nullable JsonElement from, String... path) {
    return at(from, path) instanceof JsonObject object ? object : new JsonObject();
  }

  /** The objects in the array at the path, themselves; empty when there is none. */
  public static List<JsonObject> objects(@Nullable JsonElement from, String... path) {
    List<JsonObject> objects = new ArrayList<>();
    if (at(from, path) instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element instanceof JsonObject object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  /** The scalars in the array at the path. */
  public static List<String> strings(@Nullable JsonElement from, String... path) {
    List<String> strings = new ArrayList<>();
    if (at(from, path) instanceof JsonArray array) {
      array.forEach(element -> strings.add(string(element)));
    }
    return strings;
  }

  /** The member object of that name, which is added when absent. */
  public static JsonObject child(JsonObject parent, String name) {
    if (parent.get(name) instanceof JsonObject present) {
      return present;
    }
    JsonObject added = new JsonObject();
    parent.add(name, added);
    return added;
  }

  /** The member array of that name, which is added when absent. */
  public static JsonArray childArray(JsonObject parent, String name) {
    if (parent.get(name) instanceof JsonArray present) {
      return present;
    }
    JsonArray added = new JsonArray();
    parent.add(name, added);
    return added;
  }

  /** Gives a member its default. */
  public static void putIfAbsent(JsonObject object, String name, Object value) {
    if (at(object, name) == null) {
      object.add(name, element(value));
    }
  }

  /** Makes a member equal to another object's, absent when it is absent there. */
  public static void copyMember(String name, JsonObject from, JsonObject to) {
    JsonElement value = from.get(name);
    if (value == null) {
      to.remove(name);
    } else {
      to.add(name, value.deepCopy());
    }
  }
}
