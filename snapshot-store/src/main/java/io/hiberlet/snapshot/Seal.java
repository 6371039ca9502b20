package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The envelope of every stored value. It finds what the checksums of RocksDB cannot: a value that
 * was damaged in memory, or that stands under a key it was not written for.
 *
 * <pre>
 *   0        1                5
 *   +--------+----------------+----------------- - -
 *   | format | CRC32C (LE)    | value
 *   +--------+----------------+----------------- - -
 * </pre>
 *
 * The checksum covers the format, the table's name, the key's length, the key and the value.
 *
 * <p>One is for the records of one table, one after the other. Used by one thread.
 */
final class Seal {

  static final byte FORMAT = 1;
  private static final int CHECKSUM_OFFSET = 1;
  private static final int VALUE_OFFSET = CHECKSUM_OFFSET + Integer.BYTES;

  private final Table table;
  private final CRC32C crc = new CRC32C();

  /** What the checksum covers before the value; the same for all records up to the key's length. */
  private final ByteBuffer beforeValue;

  private final int keyLengthOffset;

  Seal(Table table) {
    byte[] name = table.storedName().getBytes(US_ASCII);
    this.table = table;
    this.keyLengthOffset = Byte.BYTES + name.length;
    this.beforeValue =
        ByteBuffer.allocate(keyLengthOffset + Integer.BYTES + SnapshotStore.MAX_KEY_BYTES)
            .put(FORMAT)
            .put(name);
  }

  /** The length of the envelope of a value. */
  static int bytes(int valueBytes) {
    return VALUE_OFFSET + valueBytes;
  }

  /** Writes the envelope of a value, which may come in parts, where the buffer stands. */
  void close(byte[] key, byte[][] value, ByteBuffer envelope) {
    beginChecksum(ByteBuffer.wrap(key));
    int checksumAt = envelope.position() + CHECKSUM_OFFSET;
    envelope.put(FORMAT).putInt(0);
    for (byte[] part : value) {
      crc.update(part, 0, part.length);
      envelope.put(part);
    }
    envelope.putInt(checksumAt, Integer.reverseBytes((int) crc.getValue()));
  }

  /**
   * Leaves the buffer, which begins with an envelope and has an array of its own, at the value in
   * it.
   *
   * @throws StoreException CORRUPT when these are not the bytes that {@link #close} made for this
   *     table and key
   */
  void open(ByteBuffer key, ByteBuffer envelope) {
    if (envelope.limit() < VALUE_OFFSET) {
      throw corrupt("is cut short");
    }
    if (envelope.get(0) != FORMAT) {
      throw corrupt("has the unknown format " + envelope.get(0));
    }
    int stored = Integer.reverseBytes(envelope.getInt(CHECKSUM_OFFSET));
    beginChecksum(key);
    crc.update(
        envelope.array(), envelope.arrayOffset() + VALUE_OFFSET, envelope.limit() - VALUE_OFFSET);
    if (stored != (int) crc.getValue()) {
      throw corrupt("does not match its checksum");
    }
    envelope.position(VALUE_OFFSET);
  }

  private void beginChecksum(ByteBuffer key) {
    int keyOffset = keyLengthOffset + Integer.BYTES;
    beforeValue.putInt(keyLengthOffset, key.remaining());
    key.get(key.position(), beforeValue.array(), keyOffset, key.remaining());
    crc.reset();
    crc.update(beforeValue.array(), 0, keyOffset + key.remaining());
  }

  private StoreException corrupt(String how) {
    return new StoreException(
        StoreException.Kind.CORRUPT, "a record of table %s %s".formatted(table.storedName(), how));
  }
}
