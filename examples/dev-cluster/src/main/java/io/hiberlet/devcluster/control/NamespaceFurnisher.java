package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.api.Timestamps;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.Set;
import java.util.UUID;

/** Gives every namespace the service account "default" and the ConfigMap with the cluster's CA. */
final class NamespaceFurnisher implements Controller {
  private static final Set<String> WATCHED = Set.of("namespaces", "serviceaccounts", "configmaps");

  private final ObjectStore store;
  private final String rootCertificate;

  NamespaceFurnisher(ObjectStore store, String rootCertificate) {
    this.store = store;
    this.rootCertificate = rootCertificate;
  }

  @Override
  public boolean concerns(Change change) {
    return WATCHED.contains(change.key().collection());
  }

  @Override
  public void reconcile() {
    for (JsonObject namespace : store.all("namespaces")) {
      if (Json.at(namespace, "metadata", "deletionTimestamp") == null) {
        String name = Json.string(namespace, "metadata", "name");
        ensure("serviceaccounts", name, "default", Json.of("kind", "ServiceAccount"));
        JsonObject data = Json.of("ca.crt", rootCertificate);
        ensure("configmaps", name, "kube-root-ca.crt", Json.of("kind", "ConfigMap", "data", data));
      }
    }
  }

  private void ensure(String collection, String namespace, String name, JsonObject object) {
    object.addProperty("apiVersion", "v1");
    object.add(
        "metadata",
        Json.of(
            "name",
            name,
            "namespace",
            namespace,
            "uid",
            UUID.randomUUID().toString(),
            "creationTimestamp",
            Timestamps.now()));
    store.write(
        new ObjectKey(collection, namespace, name),
        present -> present == null ? object : present,
        false);
  }
}
