package io.hiberlet.devcluster.store;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All objects under one revision counter, with as much history as {@code historyLimit} changes.
 *
 * <p>Thread-safe: every call takes the store's one lock. Stored trees are never modified, so what
 * is handed out may be read by anybody at any time and modified by nobody.
 */
public final class ObjectStore {
  private final int historyLimit;
  private final NavigableMap<ObjectKey, JsonObject> objects = new TreeMap<>();
  private final Deque<Change> history = new ArrayDeque<>();
  private final Set<Watcher> watchers = new LinkedHashSet<>();
  private long revision;
  private long compacted;

  /**
   * An empty store.
   *
   * @param historyLimit how many changes a watch can go back
   * @param firstRevision where to count from; must be beyond the revisions of earlier stores under
   *     the same address, so that a client that comes back learns that its position is gone
   */
  public ObjectStore(int historyLimit, long firstRevision) {
    this.historyLimit = historyLimit;
    this.revision = firstRevision;
    this.compacted = firstRevision;
  }

  /** The revision of the last change. */
  public synchronized long revision() {
    return revision;
  }

  /** The object, null when there is none. */
  public synchronized @Nullable JsonObject get(ObjectKey key) {
    return objects.get(key);
  }

  /** All objects of a collection now. */
  public synchronized Collection<JsonObject> all(String collection) {
    return List.copyOf(range(objects, collection).values());
  }

  /** Every object there is now, with its key. */
  public synchronized NavigableMap<ObjectKey, JsonObject> all() {
    return new TreeMap<>(objects);
  }

  /**
   * Changes, creates or deletes one object, atomically.
   *
   * @param change is given a copy of the present object, or null when there is none, and returns
   *     what is to be stored, or null for nothing; what it throws cancels the write
   * @param dryRun whether to leave it at the result
   * @return the stored object, or the last state of the deleted one; null when there was and is
   *     none
   */
  public synchronized @Nullable JsonObject write(
      ObjectKey key, Function<@Nullable JsonObject, @Nullable JsonObject> change, boolean dryRun) {
    JsonObject before = objects.get(key);
    JsonObject after = change.apply(before == null ? null : before.deepCopy());
    if (after == null && before == null) {
      return null;
    }
    if (before != null && after != null) {
      setRevision(after, Json.string(before, "metadata", "resourceVersion"));
      if (after.equals(before)) {
        return before;
      }
    }
    JsonObject last = after == null ? requirePresent(before).deepCopy() : after;
    if (!dryRun) {
      setRevision(last, Long.toString(++revision));
      commit(new Change(revision, key, before, after, last));
    }
    return last;
  }

  private static JsonObject requirePresent(@Nullable JsonObject object) {
    if (object == null) {
      throw new IllegalStateException("an absent object cannot be deleted");
    }
    return object;
  }

  private static void setRevision(JsonObject object, String revision) {
    Json.child(object, "metadata").addProperty("resourceVersion", revision);
  }

  private void commit(Change change) {
    if (change.after() == null) {
      objects.remove(change.key());
    } else {
      objects.put(change.key(), change.after());
    }
    history.addLast(change);
    while (history.size() > historyLimit) {
      compacted = history.removeFirst().revision();
    }
    new ArrayList<>(watchers).forEach(watcher -> watcher.changed(change));
    notifyAll();
  }

  /** Forgets the history. */
  public synchronized void compact() {
    history.clear();
    compacted = revision;
  }

  /** A collection as it is now. */
  public synchronized Listing list(String collection) {
    return new Listing(revision, new TreeMap<>(range(objects, collection)));
  }

  /**
   * A collection as it was after an earlier revision.
   *
   * @throws RevisionGoneException when the history does not reach back so far
   */
  public synchronized Listing listAt(String collection, long at) throws RevisionGoneException {
    requireHistory(at);
    NavigableMap<ObjectKey, JsonObject> then = new TreeMap<>(range(objects, collection));
    Iterator<Change> newestFirst = history.descendingIterator();
    while (newestFirst.hasNext()) {
      Change change = newestFirst.next();
      if (change.revision() <= at) {
        break;
      }
      if (change.key().collection().equals(collection)) {
        if (change.before() == null) {
          then.remove(change.key());
        } else {
          then.put(change.key(), change.before());
        }
      }
    }
    return new Listing(at, then);
  }

  /**
   * Delivers every change after a revision, first those in the history, then those to come.
   *
   * @throws RevisionGoneException when the history does not reach back so far
   */
  public synchronized void watchAfter(long after, Watcher watcher) throws RevisionGoneException {
    requireHistory(after);
    for (Change change : history) {
      if (change.revision() > after) {
        watcher.changed(change);
      }
    }
    watchers.add(watcher);
  }

  /** Delivers the present objects of a collection as created, then every change to come. */
  public synchronized void watchFromNow(String collection, Watcher watcher) {
    range(objects, collection)
        .forEach((key, object) -> watcher.changed(new Change(revision, key, null, object, object)));
    watchers.add(watcher);
  }

  /** Ends the delivery of changes. */
  public synchronized void unwatch(Watcher watcher) {
    watchers.remove(watcher);
  }

  /** Tells a watcher how far it has come, in order with its changes. */
  public synchronized void tellReached(Watcher watcher) {
    if (watchers.contains(watcher)) {
      watcher.reached(revision);
    }
  }

  /**
   * Waits for changes after a revision.
   *
   * @return them in order, at least one
   * @throws RevisionGoneException when the history does not reach back so far
   */
  public synchronized List<Change> awaitChanges(long after)
      throws InterruptedException, RevisionGoneException {
    while (revision <= after) {
      wait();
    }
    requireHistory(after);
    return history.stream().filter(change -> change.revision() > after).toList();
  }

  private void requireHistory(long asked) throws RevisionGoneException {
    if (asked < compacted) {
      throw new RevisionGoneException(asked, compacted);
    }
  }

  private static NavigableMap<ObjectKey, JsonObject> range(
      NavigableMap<ObjectKey, JsonObject> all, String collection) {
    return all.subMap(
        new ObjectKey(collection, "", ""), true, new ObjectKey(collection + "\0", "", ""), false);
  }
}
