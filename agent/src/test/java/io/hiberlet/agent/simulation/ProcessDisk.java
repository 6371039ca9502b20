package io.hiberlet.agent.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The store as one process of the agent has it: the process may end before and after each call, and
 * then changes nothing any more. Tells what the agent learned of its disk, and what it gives up.
 */
final class ProcessDisk implements SnapshotStore {

  /** Hears of what matters to the state of pods. */
  interface Observer {
    /** The agent was told that something of this pod is corrupt. */
    void foundCorrupt(String podUid);

    /** The agent removes snapshots whose keys begin so. */
    void givesUp(String prefix);
  }

  private final SnapshotStore store;
  private final Runnable point;
  private final Observer observer;

  /**
   * @param point throws {@link CrashedError} when the process has ended
   */
  ProcessDisk(SnapshotStore store, Runnable point, Observer observer) {
    this.store = store;
    this.point = point;
    this.observer = observer;
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    point.run();
    store.write(() -> new Watched(changes.iterator()));
    point.run();
  }

  /** Changes on their way to the store. */
  private final class Watched implements Iterator<Change> {
    private final Iterator<? extends Change> changes;

    Watched(Iterator<? extends Change> changes) {
      this.changes = changes;
    }

    @Override
    public boolean hasNext() {
      return changes.hasNext();
    }

    @Override
    public Change next() {
      Change change = changes.next();
      switch (change) {
        case Change.DeletePrefix(Table table, byte[] prefix) when table == Table.SNAPSHOTS ->
            observer.givesUp(text(prefix));
        case Change.Delete(Table table, byte[] key) when table == Table.SNAPSHOTS ->
            observer.givesUp(text(key));
        default -> {}
      }
      return change;
    }
  }

  @Override
  public Optional<byte[]> read(Table table, byte[] key) {
    point.run();
    return reading(key, () -> store.read(table, key));
  }

  @Override
  public void scan(Table table, byte[] from, byte[] before, Visitor visitor) {
    point.run();
    reading(
        from,
        () -> {
          store.scan(table, from, before, visitor);
          return true;
        });
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    point.run();
    return reading(prefix, () -> store.keys(table, prefix));
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    point.run();
    observer.givesUp(text(prefix));
    store.quarantine(name, tables, prefix, reason);
    point.run();
  }

  @Override
  public long usage() {
    return store.usage();
  }

  /** The next process goes on with it. */
  @Override
  public void close() {}

  private <T> T reading(byte[] key, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CORRUPT) {
        observer.foundCorrupt(uid(text(key)));
      }
      throw e;
    }
  }

  static String uid(String key) {
    int end = key.indexOf('\0');
    return end < 0 ? key : key.substring(0, end);
  }

  private static String text(byte[] key) {
    return new String(key, US_ASCII);
  }
}
