package io.hiberlet.snapshot;

import java.nio.ByteBuffer;
import org.rocksdb.RocksIterator;

/** Takes records from an iterator into memory that is used again for the next. For one thread. */
final class RecordBuffers {

  private static final int FIRST_VALUE_BYTES = 8 << 10;

  private final byte[] key = new byte[SnapshotStore.MAX_KEY_BYTES];
  private byte[] value = new byte[FIRST_VALUE_BYTES];

  /** The key where the iterator stands; valid until the next call. */
  ByteBuffer key(RocksIterator records) {
    return ByteBuffer.wrap(key, 0, records.key(key, 0, key.length));
  }

  /** The value where the iterator stands, in its envelope; valid until the next call. */
  ByteBuffer value(RocksIterator records) {
    int length = records.value(value, 0, value.length);
    if (length > value.length) {
      value = new byte[length];
      length = records.value(value, 0, length);
    }
    return ByteBuffer.wrap(value, 0, length);
  }
}
