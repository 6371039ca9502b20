package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.util.HexFormat;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what can be read of a damaged database into a new one. RocksDB refuses all writes once a
 * compaction has met a corrupt block, and would meet it again after every opening; and it has no
 * way to take a block, or a table file of the first level, out of a database.
 *
 * <p>Used by one thread, while nobody has either database open.
 */
final class DatabaseCopy implements ReadableRecords.Visitor {

  private static final Logger log = LoggerFactory.getLogger(DatabaseCopy.class);
  private static final int BATCH_BYTES = 1 << 20;

  /** Greater than any key. */
  private static final byte[] END = Keys.endOfPrefix(new byte[0]);

  private final RocksDatabase copy;
  private final Table table;
  private final WriteBatch batch;

  private DatabaseCopy(RocksDatabase copy, Table table, WriteBatch batch) {
    this.copy = copy;
    this.table = table;
    this.batch = batch;
  }

  /** When it returns, the copy is on the disk. When it throws, the copy is of no use. */
  static void make(Path from, Path to, StoreOptions options) throws RocksDBException {
    try (RocksDatabase damaged = RocksDatabase.openDamaged(from, options);
        RocksDatabase copy = RocksDatabase.open(to, options)) {
      for (Table table : Table.values()) {
        try (WriteBatch batch = new WriteBatch()) {
          ReadableRecords.visit(
              damaged, table, new byte[0], END, new DatabaseCopy(copy, table, batch));
          copy.writeUnlogged(batch);
        }
      }
      copy.flush();
    }
  }

  @Override
  public void record(byte[] key, byte[] envelope) throws RocksDBException {
    copy.addEnvelope(batch, table, key, envelope);
    if (batch.getDataSize() >= BATCH_BYTES) {
      copy.writeUnlogged(batch);
      batch.clear();
    }
  }

  @Override
  public void unreadable(byte[] from, byte[] before) {
    log.atError()
        .addKeyValue("table", table.storedName())
        .addKeyValue("from", printable(from))
        .addKeyValue("before", printable(before))
        .log("lost the records that lay in a corrupt block");
  }

  private static String printable(byte[] key) {
    boolean text = true;
    for (byte each : key) {
      text &= each >= ' ' && each < 0x7f;
    }
    return text ? new String(key, US_ASCII) : HexFormat.of().formatHex(key);
  }
}
