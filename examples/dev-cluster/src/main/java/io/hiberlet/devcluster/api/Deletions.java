package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Deletes objects: pods on a node with a grace period, which their kubelet ends; what has
 * finalizers when those are gone; namespaces when they are empty; all else at once. Thread-safe.
 */
public final class Deletions {
  private static final long DEFAULT_GRACE_PERIOD_SECONDS = 30;

  private final ObjectStore store;

  public Deletions(ObjectStore store) {
    this.store = store;
  }

  /**
   * What a client wants of a deletion.
   *
   * @param gracePeriodSeconds negative for the object's own
   * @param uid the object must have it, unless ""
   * @param resourceVersion the object must have it, unless ""
   */
  record Options(long gracePeriodSeconds, String uid, String resourceVersion, boolean dryRun) {
    static Options of(ApiRequest request) {
      JsonObject body = request.body().length == 0 ? new JsonObject() : request.object();
      long grace = request.number("gracePeriodSeconds", -1);
      return new Options(
          Json.number(body, grace, "gracePeriodSeconds"),
          Json.string(body, "preconditions", "uid"),
          Json.string(body, "preconditions", "resourceVersion"),
          request.dryRun() || Json.strings(body, "dryRun").contains("All"));
    }
  }

  /** What came of it: the object, and whether it is gone already. */
  record Outcome(JsonObject object, boolean gone) {}

  /** Deletes as a controller does, without wishes; an object that is gone already is fine. */
  public void delete(ResourceType type, ObjectKey key) {
    if (store.get(key) != null) {
      delete(type, key, new Options(-1, "", "", false));
    }
  }

  Outcome delete(ResourceType type, ObjectKey key, Options options) {
    boolean[] gone = new boolean[1];
    JsonObject deleted =
        store.write(
            key,
            present -> {
              if (present == null) {
                throw ApiException.notFound(type, key.name());
              }
              checkPreconditions(type, present, options);
              long grace = gracePeriodSeconds(type, present, options);
              mark(type, present, grace);
              gone[0] = isDue(type, present);
              return gone[0] ? null : present;
            },
            options.dryRun());
    return new Outcome(type.present(Objects.requireNonNull(deleted)), gone[0]);
  }

  /** Whether an object that is being deleted has nothing left to wait for. */
  static boolean isDue(ResourceType type, JsonObject object) {
    JsonObject metadata = Json.object(object, "metadata");
    return metadata.has("deletionTimestamp")
        && Json.strings(metadata, "finalizers").isEmpty()
        && Json.number(metadata, 0, "deletionGracePeriodSeconds") == 0
        && (!type.collection().equals("namespaces")
            || Json.strings(object, "spec", "finalizers").isEmpty());
  }

  private static void checkPreconditions(ResourceType type, JsonObject present, Options options) {
    check(type, present, "uid", "UID", options.uid());
    check(type, present, "resourceVersion", "ResourceVersion", options.resourceVersion());
  }

  private static void check(
      ResourceType type, JsonObject present, String field, String label, String wanted) {
    String actual = Json.string(present, "metadata", field);
    if (!wanted.isEmpty() && !wanted.equals(actual)) {
      throw ApiException.conflict(
          type,
          Json.string(present, "metadata", "name"),
          ("the %1$s in the precondition (%2$s) does not match the %1$s in record (%3$s). The"
                  + " object might have been deleted and then recreated")
              .formatted(label, wanted, actual));
    }
  }

  /** Zero for what nobody has to end. */
  private static long gracePeriodSeconds(ResourceType type, JsonObject object, Options options) {
    boolean onNode =
        type.collection().equals("pods")
            && !Json.string(object, "spec", "nodeName").isEmpty()
            && !List.of("Succeeded", "Failed").contains(Json.string(object, "status", "phase"));
    if (!onNode) {
      return 0;
    }
    return options.gracePeriodSeconds() >= 0
        ? options.gracePeriodSeconds()
        : Json.number(
            object, DEFAULT_GRACE_PERIOD_SECONDS, "spec", "terminationGracePeriodSeconds");
  }

  /** A second deletion may shorten the time that the first one gave, never lengthen it. */
  private static void mark(ResourceType type, JsonObject object, long graceSeconds) {
    JsonObject metadata = Json.child(object, "metadata");
    long present = Json.number(metadata, Long.MAX_VALUE, "deletionGracePeriodSeconds");
    if (graceSeconds < present) {
      metadata.addProperty(
          "deletionTimestamp", Timestamps.at(Instant.now().plusSeconds(graceSeconds)));
      metadata.addProperty("deletionGracePeriodSeconds", graceSeconds);
    }
    if (type.collection().equals("namespaces")) {
      Json.child(object, "status").addProperty("phase", "Terminating");
    }
  }
}
