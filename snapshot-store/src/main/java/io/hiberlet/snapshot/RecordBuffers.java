package io.hiberlet.snapshot;

import java.nio.ByteBuffer;
import org.rocksdb.RocksIterator;

/** Takes records from an iterator into memory that is used again for the next. For one thread. */
final class RecordBuffers {

  private static final int FIRST_VALUE_BYTES = 8 << 10;

  private final ByteBuffer key = ByteBuffer.allocate(SnapshotStore.MAX_KEY_BYTES);
  private ByteBuffer value = ByteBuffer.allocate(FIRST_VALUE_BYTES);

  /** The key where the iterator stands; valid until the next call. */
  ByteBuffer key(RocksIterator records) {
    return key.clear().limit(records.key(key.array(), 0, key.capacity()));
  }

  /** The value where the iterator stands, in its envelope; valid until the next call. */
  ByteBuffer value(RocksIterator records) {
    int length = records.value(value.array(), 0, value.capacity());
    if (length > value.capacity()) {
      value = ByteBuffer.allocate(length);
      length = records.value(value.array(), 0, length);
    }
    return value.clear().limit(length);
  }
}
