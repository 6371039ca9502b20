package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.store.Change;
import io.hiberlet.devcluster.store.ObjectStore;
import io.hiberlet.devcluster.store.RevisionGoneException;
import io.hiberlet.devcluster.store.Watcher;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One watch: turns the store's changes into the events that its client asked for. An object that
 * comes to match the selectors is ADDED, one that ceases to is DELETED.
 *
 * <p>{@link #start} is called once; {@link #bookmark} and {@link #stop} by any thread. Events reach
 * the sink in order, one at a time, under the store's lock.
 */
public final class ResourceWatch implements Watcher {
  private static final Duration SHORTEST_DEFAULT_TIMEOUT = Duration.ofMinutes(30);

  /** Where events go. */
  public interface Sink {

    /** Takes one line of JSON. Must not block. */
    void event(byte[] line);

    /** No event comes any more. */
    void end();
  }

  private final ObjectStore store;
  private final ResourceRequest request;
  private final Selection selection;
  private @Nullable Sink sink;
  private boolean initialEventsWanted;

  ResourceWatch(ObjectStore store, ResourceRequest request) {
    this.store = store;
    this.request = request;
    this.selection = Selection.of(request);
    this.initialEventsWanted = request.http().flag("sendInitialEvents");
  }

  /** How long the watch lasts: what was asked for, else 30 to 60 minutes. */
  public Duration timeout() {
    long seconds = request.http().number("timeoutSeconds", 0);
    long shortest = SHORTEST_DEFAULT_TIMEOUT.toSeconds();
    return Duration.ofSeconds(
        seconds > 0 ? seconds : ThreadLocalRandom.current().nextLong(shortest, 2 * shortest));
  }

  /** Whether the client wants to be told now and then how far it has come. */
  public boolean wantsBookmarks() {
    return request.http().flag("allowWatchBookmarks");
  }

  /** Begins to deliver: from where the client asked, else from the present objects on. */
  public void start(Sink to) {
    sink = to;
    long after = request.http().number("resourceVersion", 0);
    if (after == 0 || initialEventsWanted) {
      store.watchFromNow(selection.collection(), this);
      if (initialEventsWanted) {
        bookmark();
      }
      return;
    }
    try {
      store.watchAfter(after, this);
    } catch (RevisionGoneException e) {
      to.event(line("ERROR", ApiException.expired(String.valueOf(e.getMessage())).status()));
      to.end();
    }
  }

  /** Tells the client the store's revision, in order with the events. */
  public void bookmark() {
    store.tellReached(this);
  }

  /** Ends the delivery. */
  public void stop() {
    store.unwatch(this);
  }

  @Override
  public void changed(Change change) {
    boolean before = selection.includes(change.key(), change.before());
    boolean after = selection.includes(change.key(), change.after());
    if (after) {
      send(before ? "MODIFIED" : "ADDED", change.last());
    } else if (before) {
      send("DELETED", change.last());
    }
  }

  @Override
  public void reached(long revision) {
    if (!wantsBookmarks() || sink == null) {
      return;
    }
    JsonObject metadata = Json.of("resourceVersion", Long.toString(revision));
    if (initialEventsWanted) {
      initialEventsWanted = false;
      metadata.add("annotations", Json.of("k8s.io/initial-events-end", "true"));
    }
    JsonObject bookmark =
        Json.of(
            "kind", request.type().kind(),
            "apiVersion", request.type().apiVersion(),
            "metadata", metadata);
    sink.event(line("BOOKMARK", bookmark));
  }

  private void send(String type, JsonObject object) {
    if (sink != null) {
      sink.event(line(type, ObjectReader.present(request, object)));
    }
  }

  private static byte[] line(String type, JsonObject object) {
    byte[] event = Json.bytes(Json.of("type", type, "object", object));
    byte[] line = Arrays.copyOf(event, event.length + 1);
    line[event.length] = '\n';
    return line;
  }
}
