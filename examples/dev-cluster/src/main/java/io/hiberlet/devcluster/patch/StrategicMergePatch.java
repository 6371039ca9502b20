package io.hiberlet.devcluster.patch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.hiberlet.devcluster.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patches: merge patches in which some lists are merged by a key of their elements,
 * with the directives {@code $patch}, {@code $retainKeys}, {@code $deleteFromPrimitiveList} and
 * {@code $setElementOrder} (Kubernetes, "Strategic Merge Patch", api-conventions).
 *
 * <p>Which list is merged is known by the field's name alone; in the built-in types no name means
 * two things.
 */
public final class StrategicMergePatch {
  private static final String DIRECTIVE = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String ORDER = "$setElementOrder/";
  private static final String DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";

  /** The patchMergeKey of each list of objects with the strategy "merge". */
  private static final Map<String, String> MERGE_KEYS =
      Map.ofEntries(
          Map.entry("addresses", "type"),
          Map.entry("conditions", "type"),
          Map.entry("containers", "name"),
          Map.entry("env", "name"),
          Map.entry("ephemeralContainers", "name"),
          Map.entry("hostAliases", "ip"),
          Map.entry("imagePullSecrets", "name"),
          Map.entry("initContainers", "name"),
          Map.entry("ownerReferences", "uid"),
          Map.entry("podIPs", "ip"),
          Map.entry("ports", "containerPort"),
          Map.entry("secrets", "name"),
          Map.entry("taints", "key"),
          Map.entry("topologySpreadConstraints", "topologyKey"),
          Map.entry("volumeDevices", "devicePath"),
          Map.entry("volumeMounts", "mountPath"),
          Map.entry("volumes", "name"));

  private static final Set<String> MERGED_PRIMITIVES = Set.of("finalizers", "podCIDRs");

  /** Lists that the types declare atomic although other types merge a list of their name. */
  private static final Map<String, Set<String>> ATOMIC_BY_KIND =
      Map.of("CertificateSigningRequest", Set.of("conditions"));

  private final Set<String> atomic;

  private StrategicMergePatch(Set<String> atomic) {
    this.atomic = atomic;
  }

  /**
   * What the patch makes of an object of a built-in type, which is left as it is.
   *
   * @throws PatchException when a directive is unknown or an element lacks its merge key
   */
  public static JsonObject apply(JsonObject target, JsonObject patch) throws PatchException {
    Set<String> atomic = ATOMIC_BY_KIND.getOrDefault(Json.string(target, "kind"), Set.of());
    return new StrategicMergePatch(atomic).merge(target.deepCopy(), patch);
  }

  private JsonObject merge(JsonObject target, JsonObject patch) throws PatchException {
    switch (Json.string(patch, DIRECTIVE)) {
      case "" -> {}
      case "replace" -> {
        return withoutDirectives(patch);
      }
      case "delete" -> {
        return new JsonObject();
      }
      default -> throw new PatchException("Unknown patch type found: " + patch.get(DIRECTIVE));
    }
    if (patch.has(RETAIN)) {
      target.keySet().retainAll(Set.copyOf(Json.strings(patch, RETAIN)));
    }
    for (var change : patch.entrySet()) {
      if (change.getKey().startsWith(DELETE_PRIMITIVES)) {
        deletePrimitives(target, change.getKey(), change.getValue());
      } else if (!change.getKey().startsWith("$")) {
        mergeMember(target, change.getKey(), change.getValue());
      }
    }
    for (String name : patch.keySet()) {
      if (name.startsWith(ORDER)) {
        order(target, name.substring(ORDER.length()), patch.get(name));
      }
    }
    return target;
  }

  private void mergeMember(JsonObject target, String name, JsonElement value)
      throws PatchException {
    JsonElement present = target.get(name);
    if (value.isJsonNull()) {
      target.remove(name);
    } else if (value instanceof JsonObject changes) {
      JsonObject base = present instanceof JsonObject object ? object : new JsonObject();
      target.add(name, merge(base, changes));
    } else if (value instanceof JsonArray elements) {
      JsonArray base = present instanceof JsonArray array ? array : new JsonArray();
      target.add(name, mergeList(name, base, elements));
    } else {
      target.add(name, value.deepCopy());
    }
  }

  private JsonArray mergeList(String name, JsonArray target, JsonArray patch)
      throws PatchException {
    String key = mergeKey(name);
    if (key != null) {
      return mergeByKey(name, key, target, patch);
    }
    if (MERGED_PRIMITIVES.contains(name)) {
      for (JsonElement element : patch) {
        if (!target.contains(element)) {
          target.add(element.deepCopy());
        }
      }
      return target;
    }
    return patch.deepCopy();
  }

  private @Nullable String mergeKey(String name) {
    return atomic.contains(name) ? null : MERGE_KEYS.get(name);
  }

  private JsonArray mergeByKey(String name, String key, JsonArray target, JsonArray patch)
      throws PatchException {
    JsonArray result = replacesAll(patch) ? new JsonArray() : target;
    for (JsonElement element : patch) {
      if (!(element instanceof JsonObject changes)) {
        throw new PatchException("an element of " + name + " is not an object");
      }
      if (changes.has(DIRECTIVE) && Json.string(changes, DIRECTIVE).equals("replace")) {
        continue;
      }
      JsonElement identity = changes.get(key);
      if (identity == null) {
        throw new PatchException(
            "map: " + changes + " does not contain declared merge key: " + key);
      }
      mergeElement(result, key, identity, changes);
    }
    return result;
  }

  private void mergeElement(JsonArray list, String key, JsonElement identity, JsonObject changes)
      throws PatchException {
    int index = indexOf(list, key, identity);
    if (Json.string(changes, DIRECTIVE).equals("delete")) {
      if (index >= 0) {
        list.remove(index);
      }
    } else if (index >= 0) {
      list.set(index, merge(list.get(index).getAsJsonObject(), changes));
    } else {
      list.add(merge(new JsonObject(), changes));
    }
  }

  private static boolean replacesAll(JsonArray patch) {
    for (JsonElement element : patch) {
      if (Json.string(element, DIRECTIVE).equals("replace")) {
        return true;
      }
    }
    return false;
  }

  private static int indexOf(JsonArray list, String key, JsonElement identity) {
    for (int i = 0; i < list.size(); i++) {
      if (identity.equals(Json.at(list.get(i), key))) {
        return i;
      }
    }
    return -1;
  }

  private static void deletePrimitives(JsonObject target, String directive, JsonElement values) {
    String name = directive.substring(DELETE_PRIMITIVES.length());
    if (target.get(name) instanceof JsonArray present && values instanceof JsonArray gone) {
      gone.forEach(present::remove);
    }
  }

  /** Puts the elements named into that order, where the first of them stands; others stay. */
  private void order(JsonObject target, String name, JsonElement order) {
    if (!(target.get(name) instanceof JsonArray present) || !(order instanceof JsonArray wanted)) {
      return;
    }
    String key = mergeKey(name);
    List<JsonElement> rest = new ArrayList<>(present.asList());
    List<JsonElement> sorted = new ArrayList<>();
    for (JsonElement wantedElement : wanted) {
      for (JsonElement element : present) {
        if (identity(key, element).equals(identity(key, wantedElement))) {
          sorted.add(element);
          rest.remove(element);
        }
      }
    }
    sorted.addAll(rest);
    target.add(name, Json.array(sorted));
  }

  private static JsonElement identity(@Nullable String key, JsonElement element) {
    JsonElement identity = key == null ? element : Json.at(element, key);
    return identity == null ? new JsonPrimitive("") : identity;
  }

  private static JsonObject withoutDirectives(JsonObject patch) {
    JsonObject result = patch.deepCopy();
    result.keySet().removeIf(name -> name.startsWith("$"));
    return result;
  }
}
