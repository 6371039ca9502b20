package io.hiberlet.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a database that may have damaged table files. Used by one thread, which holds the folder
 * and has not opened the database.
 */
final class DatabaseRepair {

  private static final Logger log = LoggerFactory.getLogger(DatabaseRepair.class);

  private DatabaseRepair() {}

  /**
   * Opens the database, without the records that cannot be read if it does not open with them.
   *
   * @throws StoreException LOCKED, CORRUPT when more than table files is damaged; nothing was
   *     changed then, FULL or IO
   */
  static RocksDatabase open(StoreFolder folder, StoreOptions options) {
    return open(folder, options, RocksDatabase::open);
  }

  private static RocksDatabase open(StoreFolder folder, StoreOptions options, Opening opening) {
    try {
      return opening.open(folder.database(), options);
    } catch (RocksDBException e) {
      if (!StoreErrors.isCorruption(e)) {
        throw StoreErrors.ofOpen(folder.path(), e);
      }
      log.atWarn()
          .setCause(e)
          .addKeyValue("folder", folder.path())
          .log("the database is corrupt: copying what can be read");
      return openCopy(folder, options, opening, e);
    }
  }

  private static RocksDatabase openCopy(
      StoreFolder folder, StoreOptions options, Opening opening, RocksDBException cause) {
    try {
      replaceByCopy(folder, options);
      return opening.open(folder.database(), options);
    } catch (RocksDBException e) {
      cause.addSuppressed(e);
      throw StoreErrors.ofOpen(folder.path(), cause);
    }
  }

  /**
   * Opens a database that was closed because corrupt bytes kept it from taking writes: a copy of
   * what can be read of it, or itself when there is no room for a copy, as it still can be read.
   * Its compaction is paused, so that the damage is not met before the writer had its turn.
   *
   * @throws StoreException when it cannot be opened any more
   */
  static RocksDatabase reopen(StoreFolder folder, StoreOptions options) {
    try {
      replaceByCopy(folder, options);
    } catch (RocksDBException | StoreException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("folder", folder.path())
          .log("cannot copy the corrupt database, going on with it");
    }
    return open(folder, options, RocksDatabase::openPaused);
  }

  private static void replaceByCopy(StoreFolder folder, StoreOptions options)
      throws RocksDBException {
    try {
      try {
        DatabaseCopy.make(folder.database(), folder.copy(), options);
      } catch (RocksDBException e) {
        folder.deleteCopy();
        throw e;
      }
      folder.replaceDatabase();
    } catch (IOException e) {
      throw StoreErrors.io("cannot repair the store in " + folder.path(), e);
    }
  }

  /** Of a database in a folder. */
  @FunctionalInterface
  private interface Opening {
    RocksDatabase open(Path folder, StoreOptions options) throws RocksDBException;
  }
}
