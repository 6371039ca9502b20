package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Creates and updates objects with what the API server adds, keeps and checks: identity, optimistic
 * concurrency, generation, the separation of status. Thread-safe.
 */
final class ObjectWriter {
  /** What belongs to the server in an object's metadata, whatever a client sends. */
  private static final List<String> SERVER_OWNED =
      List.of(
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "generation",
          "namespace",
          "generateName");

  /** Built-in types whose updates must say which version they are based on. */
  private static final Set<String> CONDITIONAL_UPDATES_ONLY =
      Set.of("leases.coordination.k8s.io", "customresourcedefinitions.apiextensions.k8s.io");

  private final ObjectStore store;
  private final Admission admission;

  ObjectWriter(ObjectStore store, Admission admission) {
    this.store = store;
    this.admission = admission;
  }

  /** Creates an object from what the client sent, which becomes the store's. */
  JsonObject create(
      ResourceType type, String namespace, JsonObject sent, User user, boolean dryRun) {
    checkKind(type, sent);
    Names.complete(type, namespace, sent);
    JsonObject metadata = Json.child(sent, "metadata");
    SERVER_OWNED.stream()
        .filter(name -> !name.equals("namespace") && !name.equals("generateName"))
        .forEach(metadata::remove);
    metadata.remove("managedFields");
    metadata.addProperty("uid", UUID.randomUUID().toString());
    metadata.addProperty("creationTimestamp", Timestamps.now());
    if (countsGenerations(type)) {
      metadata.addProperty("generation", 1);
    }
    if (type.hasStatus() && !type.collection().equals("nodes")) {
      sent.remove("status");
    }
    admission.onCreate(type, sent, user);
    String name = Json.string(metadata, "name");
    JsonObject created =
        store.write(
            new ObjectKey(type.collection(), namespace, name),
            present -> {
              if (present != null) {
                throw ApiException.alreadyExists(type, name);
              }
              return sent;
            },
            dryRun);
    return Objects.requireNonNull(created);
  }

  /**
   * Updates an object, or one aspect of it.
   *
   * @param subresource the aspect, "" for the object but its status
   * @param edit makes the wanted object from the present one
   */
  JsonObject update(
      ResourceType type,
      ObjectKey key,
      String subresource,
      UnaryOperator<JsonObject> edit,
      boolean dryRun) {
    JsonObject updated =
        store.write(
            key,
            stored -> {
              if (stored == null) {
                throw ApiException.notFound(type, key.name());
              }
              JsonObject present = type.present(stored);
              JsonObject wanted = edit.apply(present.deepCopy());
              checkKind(type, wanted);
              checkIdentity(type, key, present, wanted);
              JsonObject next = combine(type, subresource, present, wanted);
              admission.onUpdate(type, next);
              countGeneration(type, present, next);
              return Deletions.isDue(type, next) ? null : next;
            },
            dryRun);
    return type.present(Objects.requireNonNull(updated));
  }

  private static void checkKind(ResourceType type, JsonObject object) {
    String apiVersion = Json.string(object, "apiVersion");
    String kind = Json.string(object, "kind");
    boolean otherVersion = !apiVersion.isEmpty() && !apiVersion.equals(type.apiVersion());
    boolean otherKind = !kind.isEmpty() && !kind.equals(type.kind());
    if (otherVersion || otherKind) {
      throw ApiException.badRequest(
          "%s in version \"%s\" cannot be handled as a %s: the object must be of %s, kind %s"
              .formatted(kind, apiVersion, type.kind(), type.apiVersion(), type.kind()));
    }
    object.addProperty("apiVersion", type.apiVersion());
    object.addProperty("kind", type.kind());
  }

  private static void checkIdentity(
      ResourceType type, ObjectKey key, JsonObject present, JsonObject wanted) {
    JsonObject metadata = Json.child(wanted, "metadata");
    String name = Json.string(metadata, "name");
    if (!name.equals(key.name())) {
      throw ApiException.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(name, key.name()));
    }
    String uid = Json.string(metadata, "uid");
    String presentUid = Json.string(present, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(presentUid)) {
      throw ApiException.conflict(
          type,
          name,
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(uid, presentUid));
    }
    String revision = Json.string(metadata, "resourceVersion");
    if (revision.isEmpty()
        && (type.custom() || CONDITIONAL_UPDATES_ONLY.contains(type.collection()))) {
      throw ApiException.invalid(
          type,
          name,
          "metadata.resourceVersion",
          "Invalid value: 0x0: must be specified for an update");
    }
    if (!revision.isEmpty()
        && !revision.equals(Json.string(present, "metadata", "resourceVersion"))) {
      throw ApiException.conflict(
          type,
          name,
          "the object has been modified; please apply your changes to the latest version and try"
              + " again");
    }
  }

  /**
   * Takes from the wanted object what the subresource may change, the rest from the present one.
   */
  private static JsonObject combine(
      ResourceType type, String subresource, JsonObject present, JsonObject wanted) {
    boolean onlyItsPart =
        !subresource.isEmpty() && (type.custom() || !subresource.equals("status"));
    JsonObject next = onlyItsPart ? present.deepCopy() : wanted;
    JsonObject metadata = Json.child(next, "metadata");
    JsonObject presentMetadata = Json.object(present, "metadata");
    SERVER_OWNED.forEach(name -> Json.copyMember(name, presentMetadata, metadata));
    metadata.remove("managedFields");
    switch (subresource) {
      case "" -> {
        if (type.hasStatus()) {
          Json.copyMember("status", present, next);
        }
      }
      case "status" -> {
        Json.copyMember("status", wanted, next);
        if (!type.custom()) {
          keepAllButStatus(present, next);
        }
      }
      case "approval" ->
          Json.copyMember("conditions", Json.object(wanted, "status"), Json.child(next, "status"));
      case "finalize" ->
          Json.copyMember("finalizers", Json.object(wanted, "spec"), Json.child(next, "spec"));
      default -> throw ApiException.methodNotAllowed();
    }
    return next;
  }

  private static void keepAllButStatus(JsonObject present, JsonObject next) {
    next.keySet().removeIf(name -> !name.equals("status") && !name.equals("metadata"));
    for (String name : present.keySet()) {
      if (!name.equals("status") && !name.equals("metadata")) {
        Json.copyMember(name, present, next);
      }
    }
  }

  private static boolean countsGenerations(ResourceType type) {
    return type.custom() || type.kind().equals("CustomResourceDefinition");
  }

  private static void countGeneration(ResourceType type, JsonObject present, JsonObject next) {
    if (countsGenerations(type) && !described(type, present).equals(described(type, next))) {
      JsonObject metadata = Json.child(next, "metadata");
      metadata.addProperty("generation", Json.number(metadata, 0, "generation") + 1);
    }
  }

  private static JsonObject described(ResourceType type, JsonObject object) {
    JsonObject described = object.deepCopy();
    described.remove("metadata");
    if (type.hasStatus()) {
      described.remove("status");
    }
    return described;
  }
}
