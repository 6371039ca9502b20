package io.hiberlet.snapshot;

import io.hiberlet.snapshot.StoreException.Kind;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of a store, which many threads use, and which is replaced by a repaired one when
 * corrupt bytes keep it from taking writes. No call ever meets freed native memory: replacing and
 * closing wait for the calls under way, and must not be done from within one.
 *
 * <p>Thread-safe. Owns the database and the folder.
 */
final class SharedDatabase implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedDatabase.class);

  private final StoreFolder folder;
  private final StoreOptions options;

  /** Held shared while the database is used, alone while it is replaced or closed. */
  private final ReadWriteLock gate = new ReentrantReadWriteLock();

  private RocksDatabase database; // guarded by gate
  private boolean closed; // guarded by gate

  private SharedDatabase(StoreFolder folder, StoreOptions options, RocksDatabase database) {
    this.folder = folder;
    this.options = options;
    this.database = database;
  }

  /**
   * Opens the database of a folder, and closes the folder if that fails.
   *
   * @throws StoreException as {@link DatabaseRepair#open}
   */
  static SharedDatabase open(StoreFolder folder, StoreOptions options) {
    return new SharedDatabase(
        folder, options, orClose(folder, () -> DatabaseRepair.open(folder, options)));
  }

  private static RocksDatabase orClose(StoreFolder folder, Opening opening) {
    try {
      return opening.open();
    } catch (StoreException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Uses the database.
   *
   * @param attempt what is tried, for the message of a failure
   * @throws StoreException when RocksDB fails or the database is closed
   */
  <T> T use(String attempt, Use<T> use) {
    Lock shared = gate.readLock();
    shared.lock();
    try {
      if (closed) {
        throw new StoreException(Kind.CLOSED, "the store in " + folder.path() + " is closed");
      }
      return use.of(database);
    } catch (RocksDBException e) {
      throw StoreErrors.of("cannot %s the store in %s".formatted(attempt, folder.path()), e);
    } finally {
      shared.unlock();
    }
  }

  /** As {@link #use}, for what has no result. */
  void run(String attempt, Work work) {
    use(
        attempt,
        database -> {
          work.on(database);
          return work;
        });
  }

  /**
   * Writes a batch, after a repair if there must be one.
   *
   * @throws StoreException when RocksDB fails or the database is closed
   */
  void write(WriteBatch batch) {
    Optional<RocksDatabase> damaged;
    do {
      damaged = use("write", database -> tryToWrite(database, batch));
    } while (damaged.isPresent() && !writeRepaired(damaged.get(), batch));
  }

  /** The database, if it takes no writes because of corrupt bytes. */
  private static Optional<RocksDatabase> tryToWrite(RocksDatabase database, WriteBatch batch)
      throws RocksDBException {
    try {
      database.write(batch);
      return Optional.empty();
    } catch (RocksDBException e) {
      if (StoreErrors.isCorruption(e)) {
        return Optional.of(database);
      }
      throw e;
    }
  }

  /**
   * Repairs the database and writes at once, before a compaction can meet damage that could not be
   * mended; false when another caller was first.
   */
  private boolean writeRepaired(RocksDatabase damaged, WriteBatch batch) {
    Lock alone = gate.writeLock();
    alone.lock();
    try {
      if (closed || database != damaged) {
        return false;
      }
      repair();
      try {
        database.write(batch);
      } finally {
        database.resumeCompaction();
      }
      return true;
    } catch (RocksDBException e) {
      throw StoreErrors.of("cannot write the store in " + folder.path(), e);
    } finally {
      alone.unlock();
    }
  }

  /** Called by who holds the gate alone. */
  private void repair() {
    log.atWarn()
        .addKeyValue("folder", folder.path())
        .log("a table file is corrupt: copying what can be read");
    closed = true;
    database.close();
    database = orClose(folder, () -> DatabaseRepair.reopen(folder, options));
    closed = false;
  }

  @Override
  public void close() {
    cancelCompaction();
    Lock alone = gate.writeLock();
    alone.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      database.close();
      folder.close();
    } finally {
      alone.unlock();
    }
  }

  private void cancelCompaction() {
    Lock shared = gate.readLock();
    shared.lock();
    try {
      if (!closed) {
        database.cancelCompaction();
      }
    } finally {
      shared.unlock();
    }
  }

  @FunctionalInterface
  private interface Opening {
    RocksDatabase open();
  }

  /** A use of the database that has no result. */
  @FunctionalInterface
  interface Work {
    void on(RocksDatabase database) throws RocksDBException;
  }

  /** A use of the database. */
  @FunctionalInterface
  interface Use<T> {
    T of(RocksDatabase database) throws RocksDBException;
  }
}
