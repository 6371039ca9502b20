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
 *
 * <p>For one thread.
 */
final class ReadableRecords {

  /** What is found on the way. */
  @FunctionalInterface
  interface Visitor {

    /** A record, in its envelope, which may not fit; the arrays belong to the visitor. */
    void record(byte[] key, byte[] envelope) throws RocksDBException;

    /** Records from one key to before the other, or to the end, cannot be read. */
    default void unreadable(byte[] from, byte[] before) throws RocksDBException {}
  }

  private final RocksDatabase database;
  private final Table table;
  private final byte[] end;
  private final Visitor visitor;

  /** The least key that was not visited yet. */
  private byte[] next;

  private ReadableRecords(
      RocksDatabase database, Table table, byte[] from, byte[] end, Visitor visitor) {
    this.database = database;
    this.table = table;
    this.next = from;
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
    new ReadableRecords(database, table, from, end, visitor).visit();
  }

  private void visit() throws RocksDBException {
    while (!reads(this::visitRecords)) {
      byte[] damaged = next;
      byte[] readable = firstReadableAfter(damaged);
      if (readable == null) {
        visitor.unreadable(damaged, end);
        return;
      }
      visitor.unreadable(damaged, readable);
      next = readable;
    }
  }

  private void visitRecords(RocksIterator records) throws RocksDBException {
    for (records.seek(next); records.isValid(); records.next()) {
      byte[] key = records.key();
      visitor.record(key, records.value());
      next = Arrays.copyOf(key, key.length + 1); // its successor: itself and a zero byte
    }
  }

  /** Whether it ran without meeting damage. An iterator that met some is not to be trusted. */
  private boolean reads(RocksDatabase.Iteration iteration) throws RocksDBException {
    try {
      database.iterate(
          table,
          end,
          records -> {
            iteration.run(records);
            records.status();
          });
      return true;
    } catch (RocksDBException e) {
      if (StoreErrors.isCorruption(e)) {
        return false;
      }
      throw e;
    }
  }

  private byte @Nullable [] firstReadableAfter(byte[] damaged) throws RocksDBException {
    int width = Math.max(damaged.length, end.length);
    BigInteger last = number(end, width);
    BigInteger failing = number(damaged, width);
    BigInteger step = BigInteger.ONE;
    BigInteger readable = failing.add(step);
    while (readable.compareTo(last) < 0 && !readsAt(readable, width)) {
      failing = readable;
      step = step.shiftLeft(1);
      readable = failing.add(step);
    }
    if (readable.compareTo(last) >= 0) {
      return null;
    }
    while (readable.subtract(failing).compareTo(BigInteger.ONE) > 0) {
      BigInteger middle = failing.add(readable).shiftRight(1);
      if (readsAt(middle, width)) {
        readable = middle;
      } else {
        failing = middle;
      }
    }
    return key(readable, width);
  }

  private boolean readsAt(BigInteger number, int width) throws RocksDBException {
    return reads(records -> records.seek(key(number, width)));
  }

  /** Keys as numbers of one length, so that there are keys between any two. */
  private static BigInteger number(byte[] key, int width) {
    return new BigInteger(1, Arrays.copyOf(key, width));
  }

  private static byte[] key(BigInteger number, int width) {
    byte[] bytes = number.toByteArray(); // may begin with a zero byte, for the sign
    byte[] key = new byte[width];
    int length = Math.min(bytes.length, width);
    System.arraycopy(bytes, bytes.length - length, key, width - length, length);
    return key;
  }
}
