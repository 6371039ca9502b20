package io.hiberlet.snapshot;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which records of a store are corrupt by now. Thread-safe. */
final class FlippedRecords {

  private final Map<Table, Set<ByteBuffer>> keys = new EnumMap<>(Table.class);

  FlippedRecords() {
    for (Table table : Table.values()) {
      keys.put(table, new HashSet<>());
    }
  }

  synchronized void add(Table table, byte[] key) {
    keys.get(table).add(ByteBuffer.wrap(key.clone()));
  }

  synchronized boolean contains(Table table, ByteBuffer key) {
    return keys.get(table).contains(key);
  }

  /** Records that were written anew or deleted are no longer corrupt. */
  synchronized void changed(Change change) {
    Set<ByteBuffer> flipped = keys.get(change.table());
    switch (change) {
      case Change.Put(Table _, byte[] key, byte[][] _) -> flipped.remove(ByteBuffer.wrap(key));
      case Change.Delete(Table _, byte[] key) -> flipped.remove(ByteBuffer.wrap(key));
      case Change.DeletePrefix(Table _, byte[] prefix) ->
          flipped.removeIf(key -> beginsWith(key, prefix));
    }
  }

  private static boolean beginsWith(ByteBuffer key, byte[] prefix) {
    return key.remaining() >= prefix.length
        && key.slice(0, prefix.length).equals(ByteBuffer.wrap(prefix));
  }
}
