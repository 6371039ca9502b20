package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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
    return ByteBuffer.allocate(VALUE_OFFSET + value.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(FORMAT)
        .putInt(checksum(FORMAT, table, key, value, 0))
        .put(value)
        .array();
  }

  /**
   * @throws StoreException CORRUPT when these are not the bytes that {@link #close} made for this
   *     table and key
   */
  static byte[] open(Table table, byte[] key, byte[] envelope) {
    if (envelope.length < VALUE_OFFSET) {
      throw corrupt(table, "is cut short");
    }
    if (envelope[0] != FORMAT) {
      throw corrupt(table, "has the unknown format " + envelope[0]);
    }
    int stored = ByteBuffer.wrap(envelope).order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM_OFFSET);
    if (stored != checksum(envelope[0], table, key, envelope, VALUE_OFFSET)) {
      throw corrupt(table, "does not match its checksum");
    }
    return Arrays.copyOfRange(envelope, VALUE_OFFSET, envelope.length);
  }

  private static int checksum(byte format, Table table, byte[] key, byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(format);
    crc.update(table.storedName().getBytes(US_ASCII));
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(key.length).flip());
    crc.update(key);
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }

  private static StoreException corrupt(Table table, String how) {
    return new StoreException(
        StoreException.Kind.CORRUPT, "a record of table %s %s".formatted(table.storedName(), how));
  }
}
