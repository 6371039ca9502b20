package io.hiberlet.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/**
 * A store in RocksDB: a column family for each {@link Table}, every write one batch in a synced
 * write-ahead log, every record under a checksum of its own ({@link Seal}).
 *
 * <p>Thread-safe. {@link #close} waits for the calls under way, so none of them ever meets freed
 * native memory; it must not be called from a visitor.
 */
public final class RocksSnapshotStore implements SnapshotStore {

  private final Path folder;
  private final RocksSettings settings;
  private final List<ColumnFamilyHandle> handles;
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);

  /** Every call holds the read lock while it uses native objects; closing holds the write lock. */
  private final ReadWriteLock gate = new ReentrantReadWriteLock();

  private boolean closed; // guarded by gate

  private RocksSnapshotStore(
      Path folder, RocksSettings settings, RocksDB database, List<ColumnFamilyHandle> handles) {
    this.folder = folder;
    this.settings = settings;
    this.database = database;
    this.handles = handles;
    Iterator<ColumnFamilyHandle> tables = handles.subList(1, handles.size()).iterator();
    for (Table table : Table.values()) {
      families.put(table, tables.next());
    }
  }

  /**
   * Opens the store in a folder, or makes a new one there.
   *
   * @throws StoreException LOCKED when a process has it open, NEWER_FORMAT (the folder is left as
   *     it was), CORRUPT, FULL or IO; the message names the folder
   */
  public static RocksSnapshotStore open(Path folder, StoreOptions options) {
    StoreFolder prepared = StoreFolder.prepare(folder);
    RocksSettings settings = new RocksSettings(options);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      RocksDB database =
          RocksDB.open(
              settings.database(), prepared.database().toString(), settings.families(), handles);
      return new RocksSnapshotStore(folder, settings, database, handles);
    } catch (RocksDBException e) {
      settings.close();
      throw StoreErrors.ofOpen(folder, e);
    }
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    run(
        "write",
        () -> {
          try (WriteBatch batch = new WriteBatch()) {
            for (Change change : changes) {
              Keys.check(change);
              add(batch, change);
            }
            if (batch.count() > 0) {
              database.write(settings.synced(), batch);
            }
          }
        });
  }

  private void add(WriteBatch batch, Change change) throws RocksDBException {
    ColumnFamilyHandle family = family(change.table());
    switch (change) {
      case Change.Put(Table table, byte[] key, byte[] value) ->
          batch.put(family, key, Seal.close(table, key, value));
      case Change.Delete(Table _, byte[] key) -> batch.delete(family, key);
      case Change.DeletePrefix(Table _, byte[] prefix) ->
          batch.deleteRange(family, prefix, Keys.endOfPrefix(prefix));
    }
  }

  @Override
  public Optional<byte[]> read(Table table, byte[] key) {
    return call(
        "read",
        () ->
            Optional.ofNullable(database.get(family(table), settings.read(), key))
                .map(stored -> Seal.open(table, key, stored)));
  }

  @Override
  public void scan(Table table, byte[] prefix, Visitor visitor) {
    run(
        "scan",
        () ->
            iterate(
                table,
                prefix,
                entry -> {
                  byte[] key = entry.key();
                  visitor.visit(
                      ByteBuffer.wrap(key), ByteBuffer.wrap(Seal.open(table, key, entry.value())));
                }));
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    List<byte[]> keys = new ArrayList<>();
    run("scan", () -> iterate(table, prefix, entry -> keys.add(entry.key())));
    return keys;
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    write(tables.stream().map(table -> new Change.DeletePrefix(table, prefix)).toList());
  }

  @Override
  public long usage() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw StoreErrors.io("cannot measure the store in " + folder, e);
    }
  }

  /** The iterator sees the database as it was when the iterator was made. */
  private void iterate(Table table, byte[] prefix, Consumer<RocksIterator> visitor)
      throws RocksDBException {
    try (Slice end = new Slice(Keys.endOfPrefix(prefix));
        ReadOptions range = new ReadOptions().setIterateUpperBound(end).setFillCache(false);
        RocksIterator entries = database.newIterator(family(table), range)) {
      for (entries.seek(prefix); entries.isValid(); entries.next()) {
        visitor.accept(entries);
      }
      entries.status();
    }
  }

  private ColumnFamilyHandle family(Table table) {
    return Objects.requireNonNull(families.get(table));
  }

  private void run(String attempt, Work work) {
    call(
        attempt,
        () -> {
          work.run();
          return work;
        });
  }

  private <T> T call(String attempt, Call<T> call) {
    Lock use = gate.readLock();
    use.lock();
    try {
      if (closed) {
        throw new StoreException(
            StoreException.Kind.CLOSED, "the store in " + folder + " is closed");
      }
      return call.call();
    } catch (RocksDBException e) {
      throw StoreErrors.of("cannot %s the store in %s".formatted(attempt, folder), e);
    } finally {
      use.unlock();
    }
  }

  @Override
  public void close() {
    Lock alone = gate.writeLock();
    alone.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      handles.forEach(ColumnFamilyHandle::close);
      database.close();
      settings.close();
    } finally {
      alone.unlock();
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws RocksDBException;
  }

  @FunctionalInterface
  private interface Call<T> {
    T call() throws RocksDBException;
  }
}
