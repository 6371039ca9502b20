package io.hiberlet.node.pod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Watch;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the pods bound to this node: one list, then watches that continue from the last resource
 * version (bookmarks included) through every disconnection; a new list only when the server has
 * forgotten that version (HTTP 410). It is not client-java's informer, because that retries every
 * second without back-off, lists again after every lost connection, and loses all pods over one
 * that it cannot read.
 *
 * <p>{@link #run} belongs to its task's thread, on which the listener is called, too.
 */
public final class PodSource implements RepeatedTask.Step, Closeable {
  private static final Logger log = LoggerFactory.getLogger(PodSource.class);
  private static final int SHORTEST_WATCH_SECONDS = 300;
  private static final int WATCH_GRACE_SECONDS = 30;

  /** Keeps a server that ends every watch at once from being asked without a pause. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Is told what may have changed. Must not block. */
  interface Listener {
    void changed(Set<PodKey> pods);

    /** The cache is complete for the first time. */
    void synced();
  }

  private final String node;
  private final ApiClient client;
  private final CoreV1Api api;
  private final PodCache cache;
  private final Listener listener;
  private @Nullable String version;
  private @Nullable Watch<JsonObject> watch;
  private boolean synced;

  PodSource(String node, ApiClient client, PodCache cache, Listener listener) {
    this.node = node;
    this.client = client;
    this.api = new CoreV1Api(client);
    this.cache = cache;
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

  /** Reads all, by a quorum read, so that no pod is taken for gone because of a stale cache. */
  private String list() throws ApiException {
    Call call = api.listPodForAllNamespaces().fieldSelector(selector()).buildCall(null);
    JsonObject list = client.<JsonObject>execute(call, JsonObject.class).getData();
    List<V1Pod> pods = new ArrayList<>();
    JsonElement items = list.get("items");
    if (items != null && items.isJsonArray()) {
      items.getAsJsonArray().forEach(item -> read(item.getAsJsonObject()).ifPresent(pods::add));
    }
    listener.changed(cache.replace(pods));
    if (!synced) {
      synced = true;
      log.atInfo().addKeyValue("pods", pods.size()).log("Listed the pods of this node");
      listener.synced();
    }
    return versionOf(list);
  }

  private Watch<JsonObject> open(String from) throws ApiException {
    int seconds = SHORTEST_WATCH_SECONDS + random(SHORTEST_WATCH_SECONDS);
    Call call =
        api.listPodForAllNamespaces()
            .fieldSelector(selector())
            .resourceVersion(from)
            .allowWatchBookmarks(true)
            .timeoutSeconds(seconds)
            .watch(true)
            .buildCall(null);
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
      case "ADDED", "MODIFIED" -> apply(event.object, pod -> listener.changed(cache.put(pod)));
      case "DELETED" -> apply(event.object, pod -> listener.changed(Set.of(cache.remove(pod))));
      case "BOOKMARK" -> log.trace("Bookmark");
      default -> log.atWarn().addKeyValue("type", event.type).log("Unknown kind of watch event");
    }
    version = versionOf(event.object);
  }

  private static void apply(JsonObject object, Consumer<V1Pod> change) {
    read(object).ifPresent(change);
  }

  /** One pod that cannot be read must not hide the others. */
  private static Optional<V1Pod> read(JsonObject object) {
    try {
      return Optional.of(JSON.getGson().fromJson(object, V1Pod.class));
    } catch (JsonParseException | IllegalArgumentException e) {
      log.atError()
          .addKeyValue("metadata", object.get("metadata"))
          .setCause(e)
          .log("Cannot read this pod; it will not run");
      return Optional.empty();
    }
  }

  private static String versionOf(JsonObject object) {
    return object.getAsJsonObject("metadata").get("resourceVersion").getAsString();
  }

  private String selector() {
    return "spec.nodeName=" + node;
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }
}
