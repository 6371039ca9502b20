package io.hiberlet.devcluster.control;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.Collection;
import java.util.Comparator;

/** Deletes the events written longest ago when there are too many of them. */
final class EventTrimmer implements Controller {
  private static final int MAX_EVENTS = 1000;

  private final ObjectStore store;

  EventTrimmer(ObjectStore store) {
    this.store = store;
  }

  @Override
  public boolean concerns(Change change) {
    return change.before() == null && change.key().collection().equals("events");
  }

  @Override
  public void reconcile() {
    Collection<JsonObject> events = store.all("events");
    events.stream()
        .sorted(Comparator.comparingLong(EventTrimmer::revision))
        .limit(Math.max(0, events.size() - MAX_EVENTS))
        .forEach(event -> store.write(key(event), present -> null, false));
  }

  private static long revision(JsonObject event) {
    return Long.parseLong(Json.string(event, "metadata", "resourceVersion"));
  }

  private static ObjectKey key(JsonObject event) {
    return new ObjectKey(
        "events",
        Json.string(event, "metadata", "namespace"),
        Json.string(event, "metadata", "name"));
  }
}
