package io.hiberlet.node.watch;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.util.Watch;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows objects: one list, then watches that continue from the last resource version (bookmarks
 * included) through every disconnection; a new list only when the server has forgotten that version
 * (HTTP 410). It is not client-java's informer, because that retries every second without back-off,
 * lists again after every lost connection, and loses all objects over one that it cannot read.
 *
 * <p>{@link #run} belongs to its task's thread, on which the listener is called, too.
 */
public final class ListWatch implements RepeatedTask.Step, Closeable {
  private static final Logger log = LoggerFactory.getLogger(ListWatch.class);
  private static final int SHORTEST_WATCH_SECONDS = 300;
  private static final int WATCH_GRACE_SECONDS = 30;

  /** Keeps a server that ends every watch at once from being asked without a pause. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How to ask for the objects. */
  public interface Requests {

    /** All of them, by a quorum read: a stale cache must not make one look gone. */
    Call list() throws ApiException;

    /**
     * What happens to them, with bookmarks.
     *
     * @param from the resource version after which to begin
     * @param seconds after which the server is to end it
     */
    Call watch(String from, int seconds) throws ApiException;
  }

  /** Is told what the server says. Must not block. */
  public interface Listener {

    /** These are all that there are. */
    void listed(List<JsonObject> all);

    /** One is new, or has changed. */
    void put(JsonObject object);

    /** One is gone; as it was in the end. */
    void removed(JsonObject object);
  }

  private final ApiClient client;
  private final Requests requests;
  private final Listener listener;

  /** Null before the first list, and when the server forgot it. */
  private @Nullable String version;

  private @Nullable Watch<JsonObject> watch;

  public ListWatch(ApiClient client, Requests requests, Listener listener) {
    this.client = client;
    this.requests = requests;
    this.listener = listener;
  }

  /** Lists, or opens a watch, or follows one to its end. */
  @Override
  public Duration run() throws ApiException, IOException {
    try {
      if (version == null) {
        version = list();
      } else if (watch == null) {
        watch = open(version);
      } else {
        return follow(watch);
      }
      return Duration.ZERO;
    } catch (ApiException e) {
      if (ApiErrors.isGone(e)) {
        version = null;
        return PAUSE;
      }
      throw e;
    }
  }

  /** Ends a watch that is open; to be called when no round runs any more. */
  @Override
  public void close() throws IOException {
    if (watch != null) {
      watch.close();
    }
  }

  private String list() throws ApiException {
    JsonObject list = client.<JsonObject>execute(requests.list(), JsonObject.class).getData();
    List<JsonElement> items = list.get("items") instanceof JsonArray all ? all.asList() : List.of();
    listener.listed(items.stream().map(JsonElement::getAsJsonObject).toList());
    return versionOf(list);
  }

  private Watch<JsonObject> open(String from) throws ApiException {
    int seconds =
        SHORTEST_WATCH_SECONDS + ThreadLocalRandom.current().nextInt(SHORTEST_WATCH_SECONDS);
    Call call = requests.watch(from, seconds);
    call.timeout().timeout(seconds + WATCH_GRACE_SECONDS, TimeUnit.SECONDS);
    var type = new TypeToken<Watch.Response<JsonObject>>() {}.getType();
    return Watch.createWatch(client, call, type);
  }

  /** A connection that breaks is no failure yet; that none can be opened would be one. */
  private Duration follow(Watch<JsonObject> events) throws ApiException, IOException {
    long startNanos = System.nanoTime();
    try (events) {
      while (events.hasNext()) {
        take(events.next());
      }
    } catch (RuntimeException e) {
      if (!(e.getCause() instanceof IOException)) {
        throw e;
      }
      log.atDebug().setCause(e).log("Lost the connection of the watch");
    } finally {
      watch = null;
    }
    boolean barelyServed = System.nanoTime() - startNanos < PAUSE.toNanos();
    return barelyServed ? PAUSE : Duration.ZERO;
  }

  private void take(Watch.Response<JsonObject> event) throws ApiException {
    if (event.status != null) {
      int code = event.status.getCode() == null ? 0 : event.status.getCode();
      throw new ApiException(code, event.status.getMessage());
    }
    switch (event.type) {
      case "ADDED", "MODIFIED" -> listener.put(event.object);
      case "DELETED" -> listener.removed(event.object);
      case "BOOKMARK" -> log.trace("Bookmark");
      default -> log.atWarn().addKeyValue("type", event.type).log("Unknown kind of watch event");
    }
    version = versionOf(event.object);
  }

  private static String versionOf(JsonObject object) {
    return object.getAsJsonObject("metadata").get("resourceVersion").getAsString();
  }
}
