package io.hiberlet.devcluster.resource;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A selector such as {@code spec.nodeName=a,status.phase!=Running}, for the fields of its type. */
public final class FieldSelector implements Predicate<JsonObject> {
  private static final Pattern TERM = Pattern.compile("([\\w.]+)\\s*(!=|==?)\\s*(.*)");
  private static final Set<String> COMMON = Set.of("metadata.name", "metadata.namespace");

  private record Term(String field, boolean negated, String value) {}

  private final List<Term> terms = new ArrayList<>();

  /**
   * Reads a selector; "" selects everything.
   *
   * @throws ApiException 400 when it is malformed or names a field that the type cannot select by
   */
  public FieldSelector(ResourceType type, String text) {
    if (text.isBlank()) {
      return;
    }
    for (String part : text.split(",", -1)) {
      Matcher term = TERM.matcher(part.strip());
      if (!term.matches()) {
        throw ApiException.badRequest("invalid field selector: " + text);
      }
      String field = term.group(1);
      if (!COMMON.contains(field) && !type.fieldLabels().contains(field)) {
        throw ApiException.badRequest("field label not supported: " + field);
      }
      terms.add(new Term(field, term.group(2).equals("!="), term.group(3)));
    }
  }

  /** The one name that it selects, "" when it may select more. */
  public String onlyName() {
    return terms.stream()
        .filter(term -> term.field.equals("metadata.name") && !term.negated)
        .map(Term::value)
        .findFirst()
        .orElse("");
  }

  @Override
  public boolean test(JsonObject object) {
    return terms.stream()
        .allMatch(term -> value(object, term.field).equals(term.value) != term.negated);
  }

  private static String value(JsonObject object, String field) {
    String path = field.equals("source") ? "source.component" : field;
    return Json.string(object, path.split("\\.", -1));
  }
}
