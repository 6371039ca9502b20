package io.hiberlet.devcluster.patch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/** A place in a document (RFC 6901), as what holds it and its name therein. */
record JsonPointer(JsonElement parent, String last) {

  /** The pointer's place, whose parent must be there. */
  static JsonPointer resolve(JsonElement root, String pointer) throws PatchException {
    if (!pointer.startsWith("/")) {
      throw new PatchException("unsupported path: \"" + pointer + "\"");
    }
    List<String> names =
        Stream.of(pointer.substring(1).split("/", -1))
            .map(name -> name.replace("~1", "/").replace("~0", "~"))
            .toList();
    JsonElement here = root;
    for (String name : names.subList(0, names.size() - 1)) {
      here = new JsonPointer(here, name).get();
    }
    return new JsonPointer(here, names.getLast());
  }

  JsonElement get() throws PatchException {
    if (parent instanceof JsonObject object && object.has(last)) {
      return object.get(last);
    }
    if (parent instanceof JsonArray array) {
      return array.get(index(array.size() - 1));
    }
    throw missing();
  }

  void add(JsonElement value) throws PatchException {
    if (parent instanceof JsonObject object) {
      object.add(last, value);
    } else if (parent instanceof JsonArray array) {
      int index = last.equals("-") ? array.size() : index(array.size());
      array.add(value);
      for (int i = array.size() - 1; i > index; i--) {
        array.set(i, array.get(i - 1));
      }
      array.set(index, value);
    } else {
      throw missing();
    }
  }

  void replace(JsonElement value) throws PatchException {
    get();
    if (parent instanceof JsonObject object) {
      object.add(last, value);
    } else if (parent instanceof JsonArray array) {
      array.set(index(array.size() - 1), value);
    }
  }

  JsonElement remove() throws PatchException {
    JsonElement removed = get();
    if (parent instanceof JsonObject object) {
      object.remove(last);
    } else if (parent instanceof JsonArray array) {
      array.remove(index(array.size() - 1));
    }
    return removed;
  }

  private int index(int max) throws PatchException {
    if (last.matches("0|[1-9]\\d{0,8}") && Integer.parseInt(last) <= max) {
      return Integer.parseInt(last);
    }
    throw missing();
  }

  private PatchException missing() {
    return new PatchException("nonexistent path: " + last);
  }
}
