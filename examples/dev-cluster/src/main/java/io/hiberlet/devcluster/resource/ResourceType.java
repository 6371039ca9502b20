package io.hiberlet.devcluster.resource;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One resource of one version of an API group.
 *
 * @param group "" for the core group
 * @param custom whether a CustomResourceDefinition defines it
 * @param stored whether it has objects; otherwise it can only be created, and answers at once
 * @param subresources such as {@code status}
 * @param fieldLabels what a field selector may name, besides name and namespace
 * @param columns of its table, between name and age
 */
public record ResourceType(
    String group,
    String version,
    String kind,
    String plural,
    String singular,
    boolean namespaced,
    boolean custom,
    boolean stored,
    List<String> shortNames,
    Set<String> subresources,
    Set<String> fieldLabels,
    List<Column> columns) {

  static ResourceType of(String apiVersion, String kind, String plural, boolean namespaced) {
    int slash = apiVersion.indexOf('/');
    return new ResourceType(
        slash < 0 ? "" : apiVersion.substring(0, slash),
        apiVersion.substring(slash + 1),
        kind,
        plural,
        kind.toLowerCase(Locale.ROOT),
        namespaced,
        false,
        true,
        List.of(),
        Set.of(),
        Set.of(),
        List.of(Column.AGE));
  }

  ResourceType shortNames(String... names) {
    return new ResourceType(
        group,
        version,
        kind,
        plural,
        singular,
        namespaced,
        custom,
        stored,
        List.of(names),
        subresources,
        fieldLabels,
        columns);
  }

  ResourceType subresources(String... names) {
    return new ResourceType(
        group,
        version,
        kind,
        plural,
        singular,
        namespaced,
        custom,
        stored,
        shortNames,
        Set.of(names),
        fieldLabels,
        columns);
  }

  ResourceType fieldLabels(String... labels) {
    return new ResourceType(
        group,
        version,
        kind,
        plural,
        singular,
        namespaced,
        custom,
        stored,
        shortNames,
        subresources,
        Set.of(labels),
        columns);
  }

  ResourceType columns(Column... between) {
    return new ResourceType(
        group,
        version,
        kind,
        plural,
        singular,
        namespaced,
        custom,
        stored,
        shortNames,
        subresources,
        fieldLabels,
        List.of(between));
  }

  ResourceType answeredAtOnce() {
    return new ResourceType(
        group,
        version,
        kind,
        plural,
        singular,
        namespaced,
        custom,
        false,
        shortNames,
        subresources,
        fieldLabels,
        columns);
  }

  /**
   * The resource with its group, as errors name it and the store knows it; same in all versions.
   */
  public String collection() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** The apiVersion of its objects. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Whether the status is written by requests of its own only. */
  public boolean hasStatus() {
    return subresources.contains("status");
  }

  /** A stored object in this version; it is the same tree when it is of that version already. */
  public JsonObject present(JsonObject stored) {
    if (apiVersion().equals(stored.get("apiVersion").getAsString())) {
      return stored;
    }
    JsonObject presented = new JsonObject();
    stored.entrySet().forEach(member -> presented.add(member.getKey(), member.getValue()));
    presented.addProperty("apiVersion", apiVersion());
    return presented;
  }
}
