package io.hiberlet.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An open RocksDB with a column family for each {@link Table}, and the native objects that belong
 * to it. Knows records only as bytes.
 *
 * <p>Thread-safe, but for {@link #close}: using it later is using freed memory, so its owner keeps
 * the two apart.
 */
final class RocksDatabase implements AutoCloseable {

  private final RocksSettings settings;
  private final RocksDB database;
  private final List<ColumnFamilyHandle> handles;
  private final Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
  private final CompactRangeOptions compaction =
      new CompactRangeOptions().setExclusiveManualCompaction(false);

  private RocksDatabase(
      RocksSettings settings, RocksDB database, List<ColumnFamilyHandle> handles) {
    this.settings = settings;
    this.database = database;
    this.handles = handles;
    Iterator<ColumnFamilyHandle> tables = handles.subList(1, handles.size()).iterator();
    for (Table table : Table.values()) {
      families.put(table, tables.next());
    }
  }

  /** Opens the database in a folder, or makes a new one there. */
  static RocksDatabase open(Path folder, StoreOptions options) throws RocksDBException {
    return open(options, settings -> settings.database(), folder, false);
  }

  /**
   * Opens it so that nothing merges its table files, and so meets their damage, before {@link
   * #resumeCompaction}.
   */
  static RocksDatabase openPaused(Path folder, StoreOptions options) throws RocksDBException {
    return open(options, settings -> settings.pauseCompaction().database(), folder, false);
  }

  /**
   * Opens it so that nothing in the folder is changed, and that table files which cannot be read do
   * not matter until their records are asked for.
   */
  static RocksDatabase openDamaged(Path folder, StoreOptions options) throws RocksDBException {
    return open(options, settings -> settings.database().setParanoidChecks(false), folder, true);
  }

  private static RocksDatabase open(
      StoreOptions options, Opening opening, Path folder, boolean readOnly)
      throws RocksDBException {
    RocksSettings settings = new RocksSettings(options);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      DBOptions database = opening.options(settings);
      String path = folder.toString();
      RocksDB opened =
          readOnly
              ? RocksDB.openReadOnly(database, path, settings.families(), handles)
              : RocksDB.open(database, path, settings.families(), handles);
      return new RocksDatabase(settings, opened, handles);
    } catch (RocksDBException e) {
      settings.close();
      throw e;
    }
  }

  /** Adds changes to a batch. */
  void fill(WriteBatch batch, Iterable<? extends Change> changes, SealedRecords records)
      throws RocksDBException {
    for (Change change : changes) {
      Keys.check(change);
      ColumnFamilyHandle family = family(change.table());
      switch (change) {
        case Change.Put put -> records.add(batch, family, put);
        case Change.Delete(Table _, byte[] key) -> batch.delete(family, key);
        case Change.DeletePrefix(Table _, byte[] prefix) ->
            batch.deleteRange(family, prefix, Keys.endOfPrefix(prefix));
      }
    }
  }

  /** Adds a record with its envelope. */
  void addEnvelope(WriteBatch batch, Table table, byte[] key, byte[] envelope)
      throws RocksDBException {
    batch.put(family(table), key, envelope);
  }

  /**
   * Makes the changes of a batch, which may have been filled by another database: the tables are
   * made in one order and so have the same numbers in all.
   */
  void write(WriteBatch batch) throws RocksDBException {
    database.write(settings.synced(), batch);
  }

  /** Writes past the log; on the disk only after {@link #flush}. */
  void writeUnlogged(WriteBatch batch) throws RocksDBException {
    try (WriteOptions unlogged = new WriteOptions().setDisableWAL(true)) {
      database.write(unlogged, batch);
    }
  }

  /** Returns when all that was written is in table files on the disk. */
  void flush() throws RocksDBException {
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      database.flush(wait, handles);
    }
  }

  /** Merges table files until what was deleted takes no space; takes long and blocks no others. */
  void compact() throws RocksDBException {
    flush();
    for (ColumnFamilyHandle family : families.values()) {
      database.compactRange(family, null, null, compaction);
    }
  }

  /** Merges table files by itself from now on. */
  void resumeCompaction() throws RocksDBException {
    database.enableAutoCompaction(handles);
  }

  /** Lets a {@link #compact} under way, and all that come later, fail soon. */
  void cancelCompaction() {
    compaction.setCanceled(true);
  }

  byte @Nullable [] get(Table table, byte[] key) throws RocksDBException {
    return database.get(family(table), settings.read(), key);
  }

  /**
   * Calls back with an iterator over the keys before the end, as the table is now; not yet
   * positioned.
   */
  void iterate(Table table, byte[] end, Iteration iteration) throws RocksDBException {
    // Pages are read once and then live in the guest: they would only drive the indexes out.
    try (Slice bound = new Slice(end);
        ReadOptions range = new ReadOptions().setIterateUpperBound(bound).setFillCache(false);
        RocksIterator records = database.newIterator(family(table), range)) {
      iteration.run(records);
    }
  }

  private ColumnFamilyHandle family(Table table) {
    return Objects.requireNonNull(families.get(table));
  }

  @Override
  public void close() {
    handles.forEach(ColumnFamilyHandle::close);
    database.close();
    compaction.close();
    settings.close();
  }

  /** What is done with an iterator. */
  @FunctionalInterface
  interface Iteration {
    void run(RocksIterator records) throws RocksDBException;
  }

  @FunctionalInterface
  private interface Opening {
    DBOptions options(RocksSettings settings);
  }
}
