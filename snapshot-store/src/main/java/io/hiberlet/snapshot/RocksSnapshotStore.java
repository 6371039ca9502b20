package io.hiberlet.snapshot;

import io.hiberlet.snapshot.StoreException.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
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

  /** Room for the changes of most writes: a batch that must grow is copied each time. */
  private static final int BATCH_BYTES = 48 << 10;

  /** As many writers as there are at once on most devices. */
  private static final int SPARES = 4;

  private final Path folder;
  private final SharedDatabase database;
  private final SpaceLimit space;
  private final Quarantine quarantine;
  private final Reclaimer reclaimer = new Reclaimer(this::reclaim);

  /** What earlier writes used, for the next ones. */
  private final Queue<SealedRecords> spares = new ArrayBlockingQueue<>(SPARES);

  private RocksSnapshotStore(StoreFolder folder, StoreOptions options, SharedDatabase database) {
    this.folder = folder.path();
    this.database = database;
    this.space = new SpaceLimit(folder, options.maxBytes());
    this.quarantine = new Quarantine(new QuarantineFolder(folder.quarantine()));
  }

  /**
   * Opens the store in a folder, or makes a new one there.
   *
   * @throws StoreException LOCKED when a process has it open, NEWER_FORMAT (the folder is left as
   *     it was), CORRUPT, FULL or IO; the message names the folder
   */
  public static RocksSnapshotStore open(Path path, StoreOptions options) {
    StoreFolder folder = StoreFolder.open(path);
    SharedDatabase database = SharedDatabase.open(folder, options);
    try {
      folder.format().migrate();
      return new RocksSnapshotStore(folder, options, database);
    } catch (StoreException e) {
      database.close();
      throw e;
    }
  }

  @Override
  public void write(Iterable<? extends Change> changes) {
    try (WriteBatch batch = new WriteBatch(BATCH_BYTES)) {
      fill(batch, changes);
      if (batch.count() == 0) {
        return;
      }
      if (batch.hasPut() && !space.admit(batch.getDataSize())) {
        reclaimer.begin();
        throw new StoreException(
            Kind.FULL, "the store in %s has reached its limit: %s".formatted(folder, space));
      }
      database.write(batch);
      if (batch.hasDeleteRange()) {
        reclaimer.deleted();
      }
    }
  }

  private void fill(WriteBatch batch, Iterable<? extends Change> changes) {
    SealedRecords spare = spares.poll();
    SealedRecords records = spare == null ? new SealedRecords() : spare;
    database.run("write", open -> open.fill(batch, changes, records));
    if (records.isSmall()) {
      spares.offer(records);
    }
  }

  @Override
  public Optional<byte[]> read(Table table, byte[] key) {
    return database
        .use("read", open -> Optional.ofNullable(open.get(table, key)))
        .map(envelope -> value(table, key, ByteBuffer.wrap(envelope)));
  }

  private static byte[] value(Table table, byte[] key, ByteBuffer envelope) {
    new Seal(table).open(ByteBuffer.wrap(key), envelope);
    byte[] value = new byte[envelope.remaining()];
    envelope.get(value);
    return value;
  }

  @Override
  public void scan(Table table, byte[] from, byte[] before, Visitor visitor) {
    RecordBuffers buffers = new RecordBuffers();
    Seal seal = new Seal(table);
    iterate(
        table,
        from,
        before,
        records -> {
          ByteBuffer key = buffers.key(records);
          ByteBuffer value = buffers.value(records);
          seal.open(key, value);
          visitor.visit(key, value);
        });
  }

  @Override
  public List<byte[]> keys(Table table, byte[] prefix) {
    try {
      List<byte[]> keys = new ArrayList<>();
      iterate(table, prefix, Keys.endOfPrefix(prefix), records -> keys.add(records.key()));
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
    return database.use(
        "list",
        open -> {
          List<byte[]> keys = new ArrayList<>();
          ReadableRecords.visit(
              open, table, prefix, Keys.endOfPrefix(prefix), (key, _) -> keys.add(key));
          return keys;
        });
  }

  private void iterate(Table table, byte[] from, byte[] before, Consumer<RocksIterator> visitor) {
    database.run(
        "scan",
        open ->
            open.iterate(
                table,
                before,
                records -> {
                  for (records.seek(from); records.isValid(); records.next()) {
                    visitor.accept(records);
                  }
                  records.status();
                }));
  }

  @Override
  public void quarantine(String name, Set<Table> tables, byte[] prefix, String reason) {
    tables.forEach(table -> Keys.checkPrefix(table, prefix));
    database.run(
        "quarantine records of", open -> quarantine.keep(open, name, tables, prefix, reason));
    write(tables.stream().map(table -> new Change.DeletePrefix(table, prefix)).toList());
  }

  @Override
  public long usage() {
    return database.use("measure", _ -> space.used());
  }

  /** Compacts away what was deleted. Takes long, and so runs in a thread of its own. */
  void reclaim() {
    try {
      database.run("compact", RocksDatabase::compact);
    } catch (StoreException e) {
      // The space stays taken; writes go on being refused, and the next of them tries again.
      log.atWarn().setCause(e).addKeyValue("folder", folder).log("cannot reclaim space");
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
