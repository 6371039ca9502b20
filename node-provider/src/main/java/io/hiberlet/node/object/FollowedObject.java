package io.hiberlet.node.object;

import com.google.gson.JsonObject;
import io.hiberlet.node.task.RepeatedTask;
import io.hiberlet.node.watch.ListWatch;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One object that somebody follows. An immutable one is not watched.
 *
 * <p>{@link #run} belongs to its task's thread, on which the listeners are called, too; the methods
 * of this package may be called by any thread.
 */
final class FollowedObject implements RepeatedTask.Step, ListWatch.Requests, ListWatch.Listener {
  private static final Logger log = LoggerFactory.getLogger(FollowedObject.class);
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
  private final ListWatch source;
  private final RepeatedTask task;

  /** What the server last told; null while that is not known. */
  private volatile @Nullable Told latest;

  FollowedObject(ObjectName name, ObjectRequests requests) {
    this.name = name;
    this.requests = requests;
    this.source = new ListWatch(requests.client(), this, this);
    this.task = new RepeatedTask("watch of " + name, this);
  }

  void start() {
    task.start();
  }

  /** Ends it in the background. */
  void end() {
    Thread.ofVirtual().name("end watch of " + name).start(this::endNow);
  }

  private void endNow() {
    task.close();
    try {
      source.close();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("The watch was lost before it could be ended");
    }
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
    Told known = latest;
    boolean fixed = known != null && known.object().map(PodObject::immutable).orElse(false);
    return fixed ? FOR_EVER : source.run();
  }

  @Override
  public Call list() throws ApiException {
    return requests.list(name);
  }

  @Override
  public Call watch(String from, int seconds) throws ApiException {
    return requests.watch(name, from, seconds);
  }

  @Override
  public void listed(List<JsonObject> all) {
    become(all.stream().findFirst().map(this::parse));
  }

  @Override
  public void put(JsonObject object) {
    become(Optional.of(parse(object)));
  }

  @Override
  public void removed(JsonObject object) {
    become(Optional.empty());
  }

  private PodObject parse(JsonObject object) {
    return ObjectRequests.parse(name.kind(), object);
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
}
