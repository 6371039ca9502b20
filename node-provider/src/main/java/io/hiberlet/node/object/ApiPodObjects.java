package io.hiberlet.node.object;

import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.client.ResourceException;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The objects of an API server. Holds in memory what is followed, and nothing else. Closing it ends
 * all watches.
 */
public final class ApiPodObjects implements PodObjects, AutoCloseable {
  private final ObjectRequests requests;
  private final SharedReads reads = new SharedReads(this::ask);

  // Guarded by this.
  private final Map<ObjectName, FollowedObject> followed = new HashMap<>();

  public ApiPodObjects(ApiClient client) {
    this.requests = new ObjectRequests(client);
  }

  @Override
  public Optional<PodObject> read(ObjectName name) throws ResourceException {
    FollowedObject.Told known = told(name);
    return known == null ? reads.read(name) : known.object();
  }

  private synchronized FollowedObject.@Nullable Told told(ObjectName name) {
    FollowedObject object = followed.get(name);
    return object == null ? null : object.latest();
  }

  private Optional<PodObject> ask(ObjectName name) throws ResourceException {
    try {
      return Optional.of(ObjectRequests.parse(name.kind(), requests.execute(requests.get(name))));
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw ResourceException.of(
          e,
          name.toString(),
          "a node may read a %s only if the spec of a pod on it names it, for example as a volume"
              .formatted(name.kind().title()));
    }
  }

  @Override
  public synchronized Following follow(ObjectName name, Runnable changed) {
    FollowedObject object = followed.get(name);
    if (object == null) {
      object = new FollowedObject(name, requests);
      followed.put(name, object);
      object.start();
    }
    // One that nobody else has: the same listener may follow twice.
    Runnable listener = () -> changed.run();
    object.add(listener);
    FollowedObject joined = object;
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        leave(name, joined, listener);
      }
    };
  }

  private synchronized void leave(ObjectName name, FollowedObject object, Runnable listener) {
    if (object.remove(listener) && followed.remove(name, object)) {
      object.end();
    }
  }

  /** How many objects are followed now. */
  public synchronized int following() {
    return followed.size();
  }

  @Override
  public synchronized void close() {
    followed.values().forEach(FollowedObject::end);
    followed.clear();
  }
}
