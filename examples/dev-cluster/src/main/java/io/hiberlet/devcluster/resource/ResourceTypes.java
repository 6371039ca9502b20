package io.hiberlet.devcluster.resource;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All resource types of the moment: the built-in ones and those of the definitions in the store.
 */
public final class ResourceTypes {
  /** The collection of the definitions. */
  public static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

  private static final Set<String> KUBERNETES_GROUPS =
      Set.of("apps", "autoscaling", "batch", "extensions", "policy");

  private final ObjectStore store;

  public ResourceTypes(ObjectStore store) {
    this.store = store;
  }

  /** The built-in type of that plural name and group. */
  public static ResourceType builtIn(String collection) {
    return BuiltInResources.ALL.stream()
        .filter(type -> type.collection().equals(collection))
        .findFirst()
        .orElseThrow();
  }

  /** Every type in every served version; a group's preferred version comes first. */
  public Stream<ResourceType> all() {
    return Stream.concat(
        BuiltInResources.ALL.stream(),
        store.all(DEFINITIONS).stream().flatMap(definition -> of(definition).stream()));
  }

  /**
   * The type behind a path.
   *
   * @throws ApiException 404 for what nobody has, 501 for what only a real cluster has
   */
  public ResourceType find(String group, String version, String plural) {
    return all()
        .filter(
            type ->
                type.plural().equals(plural)
                    && type.group().equals(group)
                    && type.version().equals(version))
        .findFirst()
        .orElseThrow(() -> missing(group, version, plural));
  }

  /** The type of a stored object, in whichever version; null when its definition is gone. */
  public @Nullable ResourceType ofCollection(String collection) {
    return all().filter(type -> type.collection().equals(collection)).findFirst().orElse(null);
  }

  private static ApiException missing(String group, String version, String plural) {
    boolean ofKubernetes =
        group.isEmpty() || KUBERNETES_GROUPS.contains(group) || group.endsWith(".k8s.io");
    return ofKubernetes
        ? ApiException.notImplemented(
            plural + " of " + (group.isEmpty() ? version : group + "/" + version))
        : ApiException.noSuchPath();
  }

  /** The types that a CustomResourceDefinition (apiextensions.k8s.io/v1) defines. */
  static List<ResourceType> of(JsonObject definition) {
    List<ResourceType> types = new ArrayList<>();
    JsonObject spec = Json.object(definition, "spec");
    for (JsonObject version : Json.objects(spec, "versions")) {
      if (Json.isTrue(version, "served")) {
        types.add(of(spec, version));
      }
    }
    return types;
  }

  private static ResourceType of(JsonObject spec, JsonObject version) {
    boolean hasStatus = Json.at(version, "subresources", "status") != null;
    return new ResourceType(
        Json.string(spec, "group"),
        Json.string(version, "name"),
        Json.string(spec, "names", "kind"),
        Json.string(spec, "names", "plural"),
        Json.string(spec, "names", "singular"),
        Json.string(spec, "scope").equals("Namespaced"),
        true,
        true,
        Json.strings(spec, "names", "shortNames"),
        hasStatus ? Set.of("status") : Set.of(),
        Set.of(),
        columns(version));
  }

  private static List<Column> columns(JsonObject version) {
    List<Column> columns = new ArrayList<>();
    for (JsonObject column : Json.objects(version, "additionalPrinterColumns")) {
      columns.add(
          new Column(
              Json.string(column, "name"),
              Json.string(column, "type"),
              Json.number(column, 0, "priority") > 0,
              Column.path(Json.string(column, "jsonPath"))));
    }
    return columns.isEmpty() ? List.of(Column.AGE) : columns;
  }
}
