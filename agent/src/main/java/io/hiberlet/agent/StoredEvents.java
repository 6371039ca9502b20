package io.hiberlet.agent;

import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/** Keeps a node's unsent events in the store. Thread-safe. */
final class StoredEvents implements EventBacklog {
  private final SnapshotStore store;

  StoredEvents(SnapshotStore store) {
    this.store = store;
  }

  @Override
  public List<Kept> load() {
    return store.keys(Table.EVENTS, new byte[0]).stream().map(this::read).toList();
  }

  /** What cannot be read is no event, which its reader drops. */
  private Kept read(byte[] key) {
    long number = ByteBuffer.wrap(key).getLong();
    try {
      byte[] json = store.read(Table.EVENTS, key).orElse(new byte[0]);
      return new Kept(number, new String(json, StandardCharsets.UTF_8));
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CORRUPT) {
        throw e;
      }
      return new Kept(number, "");
    }
  }

  @Override
  public void add(List<Kept> events) {
    store.write(
        events.stream()
            .map(
                event ->
                    new Change.Put(
                        Table.EVENTS,
                        key(event.number()),
                        event.json().getBytes(StandardCharsets.UTF_8)))
            .toList());
  }

  @Override
  public void remove(Collection<Long> numbers) {
    store.write(
        numbers.stream().map(number -> new Change.Delete(Table.EVENTS, key(number))).toList());
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
