package io.hiberlet.snapshot;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Puts records into batches, each in its envelope, by way of memory outside the heap that is used
 * again for the next: RocksDB takes arrays of the heap by copying them once more. Used by one
 * thread at a time.
 */
final class SealedRecords {

  /** The page of a guest and what belongs to it; most values are smaller. */
  private static final int FIRST_ENVELOPE_BYTES = 8 << 10;

  private final Map<Table, Seal> seals = new EnumMap<>(Table.class);
  private final ByteBuffer key = ByteBuffer.allocateDirect(SnapshotStore.MAX_KEY_BYTES);
  private ByteBuffer envelope = ByteBuffer.allocateDirect(FIRST_ENVELOPE_BYTES);

  void add(WriteBatch batch, ColumnFamilyHandle family, Change.Put put) throws RocksDBException {
    int bytes = Seal.bytes(put.valueBytes());
    if (bytes > envelope.capacity()) {
      envelope = ByteBuffer.allocateDirect(bytes);
    }
    key.clear().put(put.key()).flip();
    envelope.clear();
    seals.computeIfAbsent(put.table(), Seal::new).close(put.key(), put.value(), envelope);
    batch.put(family, key, envelope.flip());
  }

  /** Whether it holds no more memory than most values need. */
  boolean isSmall() {
    return envelope.capacity() == FIRST_ENVELOPE_BYTES;
  }
}
