package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;

/**
 * How RocksDB is set up, and the native objects that must live as long as the database. Closed
 * after the database, by its owner.
 */
final class RocksSettings implements AutoCloseable {

  static {
    RocksDB.loadLibrary();
    // Compaction is never urgent: a wake that waits for a core goes first. The system lets the
    // disk follow the core's priority.
    Env.getDefault().lowerThreadPoolCPUPriority(Priority.LOW);
  }

  private static final int INFO_LOG_BYTES = 256 << 10;
  private static final int INFO_LOG_FILES = 2;
  private static final int MANIFEST_BYTES = 1 << 20;
  private static final int ARENA_BLOCK_BYTES = 64 << 10;
  private static final int TABLE_FILE_BYTES = 8 << 20;

  /**
   * Writers are slowed down when all but one of so many buffers of a table wait to be flushed. With
   * the usual few, a burst of large snapshots slows down everybody's small ones.
   */
  private static final int WRITE_BUFFERS = 6;

  /** For records that are read one by one. */
  private static final int BLOCK_BYTES = 4 << 10;

  /**
   * For pages, which are read many at a time: half the time of 4 KiB blocks, and a quarter less on
   * the disk. Larger ones gain little, and a flipped bit costs all pages of its block.
   */
  private static final int PAGES_BLOCK_BYTES = 32 << 10;

  private final Cache cache;
  private final DBOptions database;
  private final ColumnFamilyOptions family;
  private final ColumnFamilyOptions pages;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final ReadOptions read = new ReadOptions();

  RocksSettings(StoreOptions options) {
    cache = new LRUCache(options.blockCacheBytes(), 0);
    database = databaseOptions(options);
    family = familyOptions(options, cache, BLOCK_BYTES);
    pages = familyOptions(options, cache, PAGES_BLOCK_BYTES);
  }

  DBOptions database() {
    return database;
  }

  /** Table files are not merged before {@link RocksDatabase#resumeCompaction}. */
  RocksSettings pauseCompaction() {
    family.setDisableAutoCompactions(true);
    pages.setDisableAutoCompactions(true);
    return this;
  }

  /** Writes return when the log is on the disk. */
  WriteOptions synced() {
    return synced;
  }

  ReadOptions read() {
    return read;
  }

  /** One per {@link Table}, in its order, after the default one that RocksDB wants. */
  List<ColumnFamilyDescriptor> families() {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
    for (Table table : Table.values()) {
      byte[] name = table.storedName().getBytes(US_ASCII);
      families.add(new ColumnFamilyDescriptor(name, table == Table.PAGES ? pages : family));
    }
    return families;
  }

  private static DBOptions databaseOptions(StoreOptions options) {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setDbWriteBufferSize(options.writeBufferBytes())
        .setMaxTotalWalSize(options.logBytes())
        .setMaxBackgroundJobs(options.backgroundThreads())
        .setMaxOpenFiles(options.openFiles())
        // A power cut tears the log's tail, which nobody was told of yet; all before it is kept.
        .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
        // All tables reach the same point of the log together. Else a log damaged in the middle,
        // which recovery goes back to, could be behind a table, and the store would not open.
        .setAtomicFlush(true)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(INFO_LOG_BYTES)
        .setKeepLogFileNum(INFO_LOG_FILES)
        .setMaxManifestFileSize(MANIFEST_BYTES)
        // Statistics would wake an idle device every ten minutes.
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setSkipStatsUpdateOnDbOpen(true);
  }

  private static ColumnFamilyOptions familyOptions(
      StoreOptions options, Cache cache, int blockBytes) {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(options.writeBufferBytes() / 2)
        .setMaxWriteBufferNumber(WRITE_BUFFERS)
        .setArenaBlockSize(ARENA_BLOCK_BYTES)
        .setTargetFileSizeBase(TABLE_FILE_BYTES)
        .setMaxBytesForLevelBase(4L * TABLE_FILE_BYTES)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(blockBytes)
                // With its first key in the index, a corrupt block fails only who reads in it.
                .setIndexType(IndexType.kBinarySearchWithFirstKey)
                .setCacheIndexAndFilterBlocks(true));
  }

  @Override
  public void close() {
    read.close();
    synced.close();
    family.close();
    pages.close();
    database.close();
    cache.close();
  }
}
