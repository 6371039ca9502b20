package io.hiberlet.node.object;

import io.hiberlet.node.client.ResourceException;
import io.kubernetes.client.openapi.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Objects in memory. Thread-safe; followers are told by the thread that makes the change. */
public final class FakePodObjects implements PodObjects {
  private final Map<ObjectName, PodObject> objects = new ConcurrentHashMap<>();
  private final Map<ObjectName, List<Runnable>> followers = new ConcurrentHashMap<>();
  private volatile int failure;

  public void put(ObjectName name, PodObject object) {
    objects.put(name, object);
    tell(name);
  }

  public void remove(ObjectName name) {
    if (objects.remove(name) != null) {
      tell(name);
    }
  }

  /** Reading is answered with this HTTP status from now on; 0 for none. */
  public void failWith(int status) {
    failure = status;
  }

  /** How many follow an object. */
  public int followers(ObjectName name) {
    return followers.getOrDefault(name, List.of()).size();
  }

  @Override
  public Optional<PodObject> read(ObjectName name) throws ResourceException {
    if (failure != 0) {
      ApiException answer = new ApiException(failure, Map.of(), "no");
      throw ResourceException.of(answer, name.toString(), "that is the rule");
    }
    return Optional.ofNullable(objects.get(name));
  }

  @Override
  public Following follow(ObjectName name, Runnable changed) {
    List<Runnable> all = followers.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>());
    Runnable follower = () -> changed.run();
    all.add(follower);
    if (objects.containsKey(name)) {
      changed.run();
    }
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (!closed.getAndSet(true)) {
        all.remove(follower);
      }
    };
  }

  private void tell(ObjectName name) {
    followers.getOrDefault(name, List.of()).forEach(Runnable::run);
  }
}
