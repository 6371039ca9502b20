package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** What guests may still take of a disk. Thread-safe. */
@FunctionalInterface
public interface DiskRoom {

  /** In bytes. */
  long MOST_KEPT = 1L << 30;

  /** Whether so many bytes more may be written. */
  boolean has(long bytes) throws IOException;

  /**
   * Guests leave a twentieth of a disk free, of a large one 1 GiB, so that controllers can still be
   * written down when guests have filled theirs.
   */
  static DiskRoom of(Path folder) throws IOException {
    FileStore disk = Files.getFileStore(folder);
    long kept = Math.min(disk.getTotalSpace() / 20, MOST_KEPT);
    return bytes -> disk.getUsableSpace() - kept >= bytes;
  }
}
