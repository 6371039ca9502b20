package io.hiberlet.devcluster.resource;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A selector such as {@code app=web,tier in (a,b),!old}, applied to an object's labels. */
public final class LabelSelector implements Predicate<JsonObject> {
  private static final Pattern COMMA = Pattern.compile(",(?![^(]*\\))");
  private static final String KEY = "([\\w./-]+)";
  private static final Pattern EXISTS = Pattern.compile("(!?)\\s*" + KEY);
  private static final Pattern EQUALS = Pattern.compile(KEY + "\\s*(!=|==?)\\s*([\\w.-]*)");
  private static final Pattern IN = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");

  private final List<Predicate<JsonObject>> requirements = new ArrayList<>();

  /**
   * Reads a selector; "" selects everything.
   *
   * @throws ApiException 400 when it is malformed
   */
  public LabelSelector(String text) {
    if (!text.isBlank()) {
      for (String requirement : COMMA.split(text, -1)) {
        requirements.add(requirement(requirement.strip()));
      }
    }
  }

  @Override
  public boolean test(JsonObject object) {
    JsonObject labels = Json.object(object, "metadata", "labels");
    return requirements.stream().allMatch(requirement -> requirement.test(labels));
  }

  private static Predicate<JsonObject> requirement(String text) {
    Matcher equals = EQUALS.matcher(text);
    if (equals.matches()) {
      boolean negated = equals.group(2).equals("!=");
      return among(equals.group(1), Set.of(equals.group(3)), negated);
    }
    Matcher in = IN.matcher(text);
    if (in.matches()) {
      Set<String> values = Set.of(in.group(3).strip().split("\\s*,\\s*", -1));
      return among(in.group(1), values, in.group(2).equals("notin"));
    }
    Matcher exists = EXISTS.matcher(text);
    if (exists.matches()) {
      String key = exists.group(2);
      boolean wanted = exists.group(1).isEmpty();
      return labels -> labels.has(key) == wanted;
    }
    throw ApiException.badRequest("unable to parse requirement: " + text);
  }

  private static Predicate<JsonObject> among(String key, Set<String> values, boolean negated) {
    return labels ->
        negated
            ? !labels.has(key) || !values.contains(Json.string(labels, key))
            : labels.has(key) && values.contains(Json.string(labels, key));
  }
}
