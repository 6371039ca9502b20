package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.api.Deletions;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.List;

/** Deletes what is in a namespace that is being deleted, then the namespace. */
final class NamespaceEmptier implements Controller {
  private final ObjectStore store;
  private final ResourceTypes types;
  private final Deletions deletions;

  NamespaceEmptier(ObjectStore store) {
    this.store = store;
    this.types = new ResourceTypes(store);
    this.deletions = new Deletions(store);
  }

  @Override
  public boolean concerns(Change change) {
    return change.isDeletion() || change.key().collection().equals("namespaces");
  }

  @Override
  public void reconcile() {
    for (JsonObject namespace : store.all("namespaces")) {
      if (Json.at(namespace, "metadata", "deletionTimestamp") != null) {
        empty(Json.string(namespace, "metadata", "name"));
      }
    }
  }

  private void empty(String namespace) {
    List<ObjectKey> content = content(namespace);
    for (ObjectKey key : content) {
      JsonObject object = store.get(key);
      ResourceType type = types.ofCollection(key.collection());
      if (type != null && Json.at(object, "metadata", "deletionTimestamp") == null) {
        deletions.delete(type, key);
      }
    }
    if (content(namespace).isEmpty()) {
      store.write(new ObjectKey("namespaces", "", namespace), present -> null, false);
    }
  }

  private List<ObjectKey> content(String namespace) {
    return store.all().keySet().stream().filter(key -> key.namespace().equals(namespace)).toList();
  }
}
