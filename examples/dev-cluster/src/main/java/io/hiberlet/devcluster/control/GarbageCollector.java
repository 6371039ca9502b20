package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.api.Deletions;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Deletes objects whose owners are all gone, or whose CustomResourceDefinition is. */
final class GarbageCollector implements Controller {
  private final ObjectStore store;
  private final ResourceTypes types;
  private final Deletions deletions;

  GarbageCollector(ObjectStore store) {
    this.store = store;
    this.types = new ResourceTypes(store);
    this.deletions = new Deletions(store);
  }

  @Override
  public boolean concerns(Change change) {
    return change.isDeletion();
  }

  @Override
  public void reconcile() {
    Map<ObjectKey, JsonObject> all = store.all();
    Set<String> uids = new HashSet<>();
    all.values().forEach(object -> uids.add(Json.string(object, "metadata", "uid")));
    all.forEach(
        (key, object) -> {
          ResourceType type = types.ofCollection(key.collection());
          if (type == null) {
            store.write(key, present -> null, false);
          } else if (isOrphan(object, uids)) {
            deletions.delete(type, key);
          }
        });
  }

  private static boolean isOrphan(JsonObject object, Set<String> uids) {
    List<JsonObject> owners = Json.objects(object, "metadata", "ownerReferences");
    return !owners.isEmpty()
        && Json.at(object, "metadata", "deletionTimestamp") == null
        && owners.stream().noneMatch(owner -> uids.contains(Json.string(owner, "uid")));
  }
}
