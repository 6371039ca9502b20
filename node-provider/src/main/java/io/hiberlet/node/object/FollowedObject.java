package io.hiberlet.node.object;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.util.Watch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * One object that somebody follows: read once, then watched from there through every disconnection,
 * and read again when the server has forgotten that version (HTTP 410). An immutable one is not
 * watched.
 *
 * <p>{@link #run} belongs to its task's thread, on which the listeners are called, too; the other
 * methods may be called by any thread.
 */
final class FollowedObject implements RepeatedTask.Step {
  private static final int SHORTEST_WATCH_SECONDS = 300;
  private static final int WATCH_GRACE_SECONDS = 30;

  /** Keeps a server that ends every watch at once from being asked without a pause. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration FOR_EVER = Duration.ofDays(365);

  /**
   * What the server told of it.
   *
   * @param object empty when there is none
   */
  record Told(Optional<PodObject> object) {}

  private final ObjectName name;
  private final ObjectRequests requests;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final RepeatedTask task;

  /** What the server last told; null while that is not known. */
  private volatile @Nullable Told latest;

  /** Owned by the task's thread; null before the first answer, and when the server forgot it. */
  private @Nullable String version;

  FollowedObject(ObjectName name, ObjectRequests requests) {
    this.name = name;
    this.requests = requests;
    this.task = new RepeatedTask("watch of " + name, this);
  }

  void start() {
    task.start();
  }

  /** Ends it in the background. */
  void end() {
    Thread.ofVirtual().name("end watch of " + name).start(task::close);
  }

  /** As the server last told; null before it did. */
  @Nullable Told latest() {
    return latest;
  }

  void add(Runnable listener) {
    listeners.add(listener);
    if (isThere(latest)) {
      listener.run();
    }
  }

  /** Takes one away; says whether none is left. */
  boolean remove(Runnable listener) {
    listeners.remove(listener);
    return listeners.isEmpty();
  }

  @Override
  public Duration run() throws ApiException, IOException {
    try {
      String from = version;
      if (from == null) {
        version = list();
        return Duration.ZERO;
      }
      Told known = latest;
      boolean fixed = known != null && known.object().map(PodObject::immutable).orElse(false);
      return fixed ? FOR_EVER : watch(from);
    } catch (ApiException e) {
      if (ApiErrors.isGone(e)) {
        version = null;
        return PAUSE;
      }
      throw e;
    }
  }

  private String list() throws ApiException {
    JsonObject list = requests.execute(requests.list(name));
    boolean there = list.get("items") instanceof JsonArray items && !items.isEmpty();
    become(
        there
            ? Optional.of(
                ObjectRequests.parse(
                    name.kind(), list.getAsJsonArray("items").get(0).getAsJsonObject()))
            : Optional.empty());
    return versionOf(list);
  }

  private Duration watch(String from) throws ApiException, IOException {
    int seconds =
        SHORTEST_WATCH_SECONDS + ThreadLocalRandom.current().nextInt(SHORTEST_WATCH_SECONDS);
    Call call = requests.watch(name, from, seconds);
    call.timeout().timeout(seconds + WATCH_GRACE_SECONDS, TimeUnit.SECONDS);
    var type = new TypeToken<Watch.Response<JsonObject>>() {}.getType();
    long startNanos = System.nanoTime();
    try (Watch<JsonObject> events = Watch.createWatch(requests.client(), call, type)) {
      while (events.hasNext()) {
        take(events.next());
      }
    } catch (RuntimeException e) { // a connection that breaks is no failure yet
      if (!(e.getCause() instanceof IOException)) {
        throw e;
      }
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
      case "ADDED", "MODIFIED" ->
          become(Optional.of(ObjectRequests.parse(name.kind(), event.object)));
      case "DELETED" -> become(Optional.empty());
      default -> {} // a bookmark: only the version is news
    }
    version = versionOf(event.object);
  }

  private void become(Optional<PodObject> now) {
    boolean wasThere = isThere(latest);
    latest = new Told(now);
    if (now.isPresent() || wasThere) {
      listeners.forEach(Runnable::run);
    }
  }

  private static boolean isThere(@Nullable Told told) {
    return told != null && told.object().isPresent();
  }

  private static String versionOf(JsonObject object) {
    return object.getAsJsonObject("metadata").get("resourceVersion").getAsString();
  }
}
