package io.hiberlet.snapshot;

/**
 * What a store on the disk may use of the device. The defaults suit a device with 512 MiB of memory
 * and flash that wears out.
 *
 * @param writeBufferBytes memory for changes that are in the log but not yet in a table file, all
 *     {@link Table}s together. Larger means fewer writes to the flash. One batch larger than this
 *     exceeds it until it is flushed.
 * @param blockCacheBytes memory for blocks read from table files, their indexes included
 * @param logBytes size of the write-ahead log at which the oldest tables are flushed so that it can
 *     go; bounds the time that opening takes after a crash
 * @param backgroundThreads threads that flush and compact; at least 2, as one must not wait for the
 *     other
 * @param openFiles file descriptors kept open for table files
 * @param maxBytes what the store's folder may take on the disk. Above it writes fail as on a full
 *     disk, but for those that only delete. Compaction may exceed it for a while by the files it
 *     merges, a few tens of MiB
 */
public record StoreOptions(
    long writeBufferBytes,
    long blockCacheBytes,
    long logBytes,
    int backgroundThreads,
    int openFiles,
    long maxBytes) {

  private static final long MIB = 1 << 20;

  /** 8 MiB of write buffers, 2 MiB of cache, 16 MiB of log, 2 threads, 64 open files, 2 GiB. */
  public static final StoreOptions DEFAULT =
      new StoreOptions(8 * MIB, 2 * MIB, 16 * MIB, 2, 64, 2048 * MIB);

  public StoreOptions {
    requireWithin("writeBufferBytes", writeBufferBytes, 1 * MIB, 1024 * MIB);
    requireWithin("blockCacheBytes", blockCacheBytes, MIB / 4, 1024 * MIB);
    requireWithin("logBytes", logBytes, 1 * MIB, 1024 * MIB);
    requireWithin("backgroundThreads", backgroundThreads, 2, 16);
    requireWithin("openFiles", openFiles, 16, 65_536);
    requireWithin("maxBytes", maxBytes, 8 * MIB, 1L << 50);
  }

  /** These options with another limit of the space on the disk. */
  public StoreOptions withMaxBytes(long bytes) {
    return new StoreOptions(
        writeBufferBytes, blockCacheBytes, logBytes, backgroundThreads, openFiles, bytes);
  }

  private static void requireWithin(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d, not within %d and %d".formatted(name, value, least, most));
    }
  }
}
