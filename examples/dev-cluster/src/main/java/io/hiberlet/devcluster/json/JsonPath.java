package io.hiberlet.devcluster.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of kubectl's JSONPath that printer columns use: {@code .a.b}, {@code .a[0]}, {@code
 * .a[?(@.type=="Ready")].status}.
 */
public final class JsonPath {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.((?:[^.\\[\\\\]|\\\\.)+)|\\[(\\d+)]|\\[\\?\\(@\\.(\\w+)\\s*==\\s*[\"']([^\"']*)[\"']\\)]");

  private JsonPath() {}

  /** What the path leads to; null when that is nothing, or the path is of another form. */
  public static @Nullable JsonElement find(JsonElement from, String path) {
    Matcher step = STEP.matcher(path);
    JsonElement here = from;
    int end = 0;
    while (here != null && step.find() && step.start() == end) {
      end = step.end();
      here = follow(here, step);
    }
    return end == path.length() ? here : null;
  }

  private static @Nullable JsonElement follow(JsonElement here, Matcher step) {
    if (step.group(1) != null) {
      return Json.at(here, step.group(1).replace("\\", ""));
    }
    if (!(here instanceof JsonArray array)) {
      return null;
    }
    if (step.group(2) != null) {
      int index = Integer.parseInt(step.group(2));
      return index < array.size() ? array.get(index) : null;
    }
    for (JsonElement element : array) {
      if (Json.string(element, step.group(3)).equals(step.group(4))) {
        return element;
      }
    }
    return null;
  }
}
