package io.hiberlet.snapshot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store that forgets everything with the process, for tests of what stands on a store. */
public final class MemorySnapshotStore implements SnapshotStore {

  private final Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);
  private final List<String> quarantined = new CopyOnWriteArrayList<>();
  private boolean closed;

  public MemorySnapshotStore() {
    for (Table table : Table.values()) {
      tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    List<Change> taken = new ArrayList<>();
    for (Change change : changes) {
      Keys.check(change);
      taken.add(change);
    }
    apply(taken);
  }

  private synchronized void apply(List<Change> changes) {
    requireOpen();
    for (Change change : changes) {
      NavigableMap<byte[], byte[]> entries = tables.get(change.table());
      switch (change) {
        case Change.Put put -> entries.put(put.key().clone(), whole(put));
        case Change.Delete(Table _, byte[] key) -> entries.remove(key);
        case Change.DeletePrefix(Table _, byte[] prefix) -> withPrefix(entries, prefix).clear();
      }
    }
  }

  private static byte[] whole(Change.Put put) {
    ByteBuffer value = ByteBuffer.allocate(put.valueBytes());
    for (byte[] part : put.value()) {
      value.put(part);
    }
    return value.array();
  }

  @Override
  public synchronized Optional<byte[]> read(Table table, byte[] key) {
    requireOpen();
    return Optional.ofNullable(tables.get(table).get(key)).map(byte[]::clone);
  }

  @Override
  public void scan(Table table, byte[] from, byte[] before, Visitor visitor) {
    entriesNow(table, from, before)
        .forEach((key, value) -> visitor.visit(readOnly(key), readOnly(value)));
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    return entriesNow(table, prefix, Keys.endOfPrefix(prefix)).keySet().stream()
        .map(byte[]::clone)
        .toList();
  }

  private static ByteBuffer readOnly(byte[] bytes) {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    write(tables.stream().map(table -> new Change.DeletePrefix(table, prefix)).toList());
    quarantined.add(name);
  }

  /** The names under which records were quarantined, oldest first. */
  public List<String> quarantined() {
    return List.copyOf(quarantined);
  }

  @Override
  public synchronized long usage() {
    return tables.values().stream()
        .flatMap(entries -> entries.entrySet().stream())
        .mapToLong(entry -> entry.getKey().length + entry.getValue().length)
        .sum();
  }

  private synchronized Map<byte[], byte[]> entriesNow(Table table, byte[] from, byte[] before) {
    requireOpen();
    NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
    entries.putAll(tables.get(table).subMap(from, before));
    return entries;
  }

  private static Map<byte[], byte[]> withPrefix(
      NavigableMap<byte[], byte[]> entries, byte[] prefix) {
    return entries.subMap(prefix, Keys.endOfPrefix(prefix));
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
