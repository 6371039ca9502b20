package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 */
final class Seal {

  static final byte FORMAT = 1;
  private static final int CHECKSUM_OFFSET = 1;
  private static final int VALUE_OFFSET = CHECKSUM_OFFSET + Integer.BYTES;

  private Seal() {}

  static byte[] close(Table table, byte[] key, byte[] value) {
    ByteBuffer envelope =
        ByteBuffer.allocate(VALUE_OFFSET + value.length).order(ByteOrder.LITTLE_ENDIAN);
    envelope.put(FORMAT).position(VALUE_OFFSET).put(value);
    int checksum = checksum(table, ByteBuffer.wrap(key), envelope.flip());
    return envelope.putInt(CHECKSUM_OFFSET, checksum).array();
  }

  /**
   * The value in the envelope: a part of it, not a copy.
   *
   * @throws StoreException CORRUPT when these are not the bytes that {@link #close} made for this
   *     table and key
   */
  static ByteBuffer open(Table table, ByteBuffer key, ByteBuffer envelope) {
    if (envelope.remaining() < VALUE_OFFSET) {
      throw corrupt(table, "is cut short");
    }
    if (envelope.get(0) != FORMAT) {
      throw corrupt(table, "has the unknown format " + envelope.get(0));
    }
    int stored = Integer.reverseBytes(envelope.getInt(CHECKSUM_OFFSET));
    if (stored != checksum(table, key, envelope)) {
      throw corrupt(table, "does not match its checksum");
    }
    return envelope.slice(VALUE_OFFSET, envelope.remaining() - VALUE_OFFSET);
  }

  private static int checksum(Table table, ByteBuffer key, ByteBuffer envelope) {
    CRC32C crc = new CRC32C();
    crc.update(FORMAT);
    crc.update(table.storedName().getBytes(US_ASCII));
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(key.remaining()).flip());
    crc.update(key.duplicate());
    crc.update(envelope.slice(VALUE_OFFSET, envelope.remaining() - VALUE_OFFSET));
    return (int) crc.getValue();
  }

  private static StoreException corrupt(Table table, String how) {
    return new StoreException(
        StoreException.Kind.CORRUPT, "a record of table %s %s".formatted(table.storedName(), how));
  }
}
