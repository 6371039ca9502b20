package io.hiberlet.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies records that are about to be deleted to where a person can look at them. Thread-safe. */
final class Quarantine {

  private static final Logger log = LoggerFactory.getLogger(Quarantine.class);

  /** Pages last: they are what a file may have no room for. */
  private static final Comparator<Table> PAGES_LAST =
      Comparator.<Table, Boolean>comparing(table -> table == Table.PAGES)
          .thenComparing(Comparator.naturalOrder());

  private final QuarantineFolder folder; // guarded by this

  Quarantine(QuarantineFolder folder) {
    this.folder = folder;
  }

  /**
   * Copies what can be read of the records whose key begins with the prefix. When there is no room
   * for them, that is logged and nothing more: they are of use to a person only.
   */
  synchronized void keep(
      RocksDatabase database, String name, Set<Table> tables, byte[] prefix, String reason) {
    try (QuarantineFile file = folder.begin(name, reason)) {
      for (Table table : inOrder(tables)) {
        ReadableRecords.visit(
            database, table, prefix, Keys.endOfPrefix(prefix), new Copy(table, file));
      }
      file.complete();
      log.atWarn()
          .addKeyValue("name", name)
          .addKeyValue("reason", reason)
          .addKeyValue("file", file.path())
          .log("quarantined records");
    } catch (IOException | UncheckedIOException | RocksDBException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("name", name)
          .addKeyValue("reason", reason)
          .log("quarantined records without keeping them");
    }
  }

  private static List<Table> inOrder(Set<Table> tables) {
    return tables.stream().sorted(PAGES_LAST).toList();
  }

  private record Copy(Table table, QuarantineFile file) implements ReadableRecords.Visitor {

    @Override
    public void record(byte[] key, byte[] envelope) {
      try {
        file.addRecord(table, key, envelope);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void unreadable(byte[] from, byte[] before) {
      try {
        file.addUnreadable(table, from, before);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
