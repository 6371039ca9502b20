package io.hiberlet.snapshot;

import io.hiberlet.snapshot.StoreException.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in RocksDB: a column family for each {@link Table}, every write one batch in a synced
 * write-ahead log, every record under a checksum of its own ({@link Seal}).
 *
 * <p>Damage in a table file costs the records in the damaged block, and nobody else's: when RocksDB
 * stops to take writes because of it, what can be read is copied into a new database while the
 * others wait.
 *
 * <p>Thread-safe. {@link #close} waits for the calls under way, so none of them ever meets freed
 * native memory; it must not be called from a visitor.
 */
public final class RocksSnapshotStore implements SnapshotStore {

  private static final Logger log = LoggerFactory.getLogger(RocksSnapshotStore.class);

  private final StoreFolder folder;
  private final StoreOptions options;
  private final Quarantine quarantine;
  private final SpaceLimit space;
  private final Reclaimer reclaimer = new Reclaimer(this::reclaim);

  /** Held shared while the database is used, alone while it is replaced or closed. */
  private final ReadWriteLock gate = new ReentrantReadWriteLock();

  private RocksDatabase database; // guarded by gate
  private boolean closed; // guarded by gate

  private RocksSnapshotStore(StoreFolder folder, StoreOptions options, RocksDatabase database) {
    this.folder = folder;
    this.options = options;
    this.database = database;
    this.quarantine = new Quarantine(new QuarantineFolder(folder.quarantine()));
    this.space = new SpaceLimit(folder, options.maxBytes());
  }

  /**
   * Opens the store in a folder, or makes a new one there.
   *
   * @throws StoreException LOCKED when a process has it open, NEWER_FORMAT (the folder is left as
   *     it was), CORRUPT, FULL or IO; the message names the folder
   */
  public static RocksSnapshotStore open(Path path, StoreOptions options) {
    StoreFolder folder = StoreFolder.open(path);
    RocksDatabase database = null;
    try {
      database = DatabaseRepair.open(folder, options);
      folder.migrate();
      return new RocksSnapshotStore(folder, options, database);
    } catch (StoreException e) {
      if (database != null) {
        database.close();
      }
      folder.close();
      throw e;
    }
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    try (WriteBatch batch = new WriteBatch()) {
      boolean deletesRanges = use("write", database -> database.fill(batch, changes));
      if (batch.count() == 0) {
        return;
      }
      if (batch.hasPut() && !space.admit(batch.getDataSize())) {
        reclaimer.begin();
        throw new StoreException(
            Kind.FULL,
            "the store in %s has reached its limit of %d bytes"
                .formatted(folder.path(), options.maxBytes()));
      }
      write(batch);
      if (deletesRanges) {
        reclaimer.deleted();
      }
    }
  }

  private void write(WriteBatch batch) {
    Optional<RocksDatabase> damaged = use("write", database -> tryToWrite(database, batch));
    if (damaged.isPresent()) {
      repair(damaged.get());
      run("write", database -> database.write(batch));
    }
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

  private void repair(RocksDatabase damaged) {
    Lock alone = gate.writeLock();
    alone.lock();
    try {
      if (closed || database != damaged) {
        return; // another caller was first
      }
      log.atWarn()
          .addKeyValue("folder", folder.path())
          .log("a table file is corrupt: copying what can be read");
      closed = true;
      damaged.close();
      database = reopen();
      closed = false;
    } finally {
      alone.unlock();
    }
  }

  private RocksDatabase reopen() {
    try {
      return DatabaseRepair.reopen(folder, options);
    } catch (StoreException e) {
      folder.close();
      throw e;
    }
  }

  @Override
  public Optional<byte[]> read(Table table, byte[] key) {
    return use("read", database -> Optional.ofNullable(database.get(table, key)))
        .map(envelope -> Seal.open(table, ByteBuffer.wrap(key), ByteBuffer.wrap(envelope)))
        .map(RocksSnapshotStore::copy);
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public void scan(Table table, byte[] prefix, Visitor visitor) {
    RecordBuffers buffers = new RecordBuffers();
    iterate(
        table,
        prefix,
        records -> {
          ByteBuffer key = buffers.key(records);
          ByteBuffer value = Seal.open(table, key, buffers.value(records));
          visitor.visit(key, value);
        });
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    try {
      List<byte[]> keys = new ArrayList<>();
      iterate(table, prefix, records -> keys.add(records.key()));
      return keys;
    } catch (StoreException e) {
      if (e.kind() != Kind.CORRUPT) {
        throw e;
      }
      return readableKeys(table, prefix);
    }
  }

  /** Those that do not lie in a corrupt block. */
  private List<byte[]> readableKeys(Table table, byte[] prefix) {
    return use(
        "list",
        database -> {
          List<byte[]> keys = new ArrayList<>();
          ReadableRecords.visit(
              database, table, prefix, Keys.endOfPrefix(prefix), (key, _) -> keys.add(key));
          return keys;
        });
  }

  private void iterate(Table table, byte[] prefix, Consumer<RocksIterator> visitor) {
    run(
        "scan",
        database ->
            database.iterate(
                table,
                Keys.endOfPrefix(prefix),
                records -> {
                  for (records.seek(prefix); records.isValid(); records.next()) {
                    visitor.accept(records);
                  }
                  records.status();
                }));
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    tables.forEach(table -> Keys.checkPrefix(table, prefix));
    run(
        "quarantine records of",
        database -> quarantine.keep(database, name, tables, prefix, reason));
    write(tables.stream().map(table -> new Change.DeletePrefix(table, prefix)).toList());
  }

  @Override
  public long usage() {
    return use("measure", _ -> space.used());
  }

  /** Compacts away what was deleted. Takes long, and so runs in a thread of its own. */
  void reclaim() {
    try {
      run("compact", RocksDatabase::compact);
    } catch (StoreException e) {
      // The space stays taken; writes go on being refused, and the next of them tries again.
      log.atWarn().setCause(e).addKeyValue("folder", folder.path()).log("cannot reclaim space");
    }
  }

  private void run(String attempt, Work work) {
    use(
        attempt,
        database -> {
          work.on(database);
          return work;
        });
  }

  private <T> T use(String attempt, Use<T> use) {
    Lock shared = gate.readLock();
    shared.lock();
    try {
      requireOpen();
      return use.of(database);
    } catch (RocksDBException e) {
      throw StoreErrors.of("cannot %s the store in %s".formatted(attempt, folder.path()), e);
    } finally {
      shared.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(Kind.CLOSED, "the store in " + folder.path() + " is closed");
    }
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
  private interface Work {
    void on(RocksDatabase database) throws RocksDBException;
  }

  @FunctionalInterface
  private interface Use<T> {
    T of(RocksDatabase database) throws RocksDBException;
  }
}
