package io.hiberlet.snapshot;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Walks over the records of a table that can be read, past those that cannot. RocksDB stops at a
 * corrupt block and does not tell where the next one begins, so that is found by seeking at growing
 * distances, and then between the last that failed and the first that did not.
 */
final class ReadableRecords {

  /** What is found on the way. */
  interface Visitor {

    /** A record, in its envelope, which may not fit; the arrays belong to the visitor. */
    void record(byte[] key, byte[] envelope) throws RocksDBException;

    /** Records from one key to before the other, or to the end, cannot be read. */
    void unreadable(byte[] from, byte[] before) throws RocksDBException;
  }

  private static final BigInteger TWO = BigInteger.TWO;

  private final RocksIterator records;
  private final byte[] end;
  private final Visitor visitor;

  private ReadableRecords(RocksIterator records, byte[] end, Visitor visitor) {
    this.records = records;
    this.end = end;
    this.visitor = visitor;
  }

  /**
   * Visits, in order, the records from one key to before the end.
   *
   * @throws RocksDBException when something else than corrupt bytes hinders it
   */
  static void visit(RocksDatabase database, Table table, byte[] from, byte[] end, Visitor visitor)
      throws RocksDBException {
    database.iterate(
        table, end, records -> new ReadableRecords(records, end, visitor).visitFrom(from));
  }

  private void visitFrom(byte[] start) throws RocksDBException {
    byte[] from = start;
    while (from != null) {
      byte[] damage = visitUntilDamage(from);
      if (damage == null) {
        return;
      }
      from = beyond(damage);
      visitor.unreadable(damage, from == null ? end : from);
    }
  }

  /** The least key that may be of the damaged place, or null when the end was reached. */
  private byte @Nullable [] visitUntilDamage(byte[] from) throws RocksDBException {
    byte[] next = from;
    for (records.seek(from); records.isValid(); records.next()) {
      byte[] key = records.key();
      visitor.record(key, records.value());
      next = Arrays.copyOf(key, key.length + 1); // its successor: itself and a zero byte
    }
    return isReadable() ? null : next;
  }

  /** Whether the iterator met no damage where it was sent. */
  private boolean isReadable() throws RocksDBException {
    try {
      records.status();
      return true;
    } catch (RocksDBException e) {
      if (StoreErrors.isCorruption(e)) {
        return false;
      }
      throw e;
    }
  }

  /** A key from which on records can be read again, or null when there is none. */
  private byte @Nullable [] beyond(byte[] damage) throws RocksDBException {
    int width = Math.max(damage.length, end.length);
    BigInteger last = number(end, width);
    BigInteger failing = number(damage, width);
    BigInteger step = BigInteger.ONE;
    BigInteger readable = failing.add(step);
    while (!isReadableAt(readable, width)) {
      failing = readable;
      step = step.multiply(TWO);
      readable = failing.add(step);
      if (readable.compareTo(last) >= 0) {
        return null;
      }
    }
    while (readable.subtract(failing).compareTo(BigInteger.ONE) > 0) {
      BigInteger middle = failing.add(readable).divide(TWO);
      if (isReadableAt(middle, width)) {
        readable = middle;
      } else {
        failing = middle;
      }
    }
    return key(readable, width);
  }

  private boolean isReadableAt(BigInteger number, int width) throws RocksDBException {
    records.seek(key(number, width));
    return isReadable();
  }

  /** Keys as numbers of the same length, so that there are keys between two of them. */
  private static BigInteger number(byte[] key, int width) {
    return new BigInteger(1, Arrays.copyOf(key, width));
  }

  private static byte[] key(BigInteger number, int width) {
    byte[] bytes = number.toByteArray();
    byte[] key = new byte[width];
    int length = Math.min(bytes.length, width);
    System.arraycopy(bytes, bytes.length - length, key, width - length, length);
    return key;
  }
}
