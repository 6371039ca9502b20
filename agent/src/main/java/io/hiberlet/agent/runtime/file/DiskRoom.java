package io.hiberlet.agent.runtime.file;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** What guests may still take of a disk. Thread-safe. */
@FunctionalInterface
public interface DiskRoom {

  /** Whether so many bytes more may be written. */
  boolean has(long bytes) throws IOException;

  /**
   * Guests leave a twentieth of a disk free: half of what the node calls {@code DiskPressure} at,
   * so that controllers can still be written down when guests have filled theirs.
   */
  static DiskRoom of(Path folder) throws IOException {
    FileStore disk = Files.getFileStore(folder);
    long kept = disk.getTotalSpace() / 20;
    return bytes -> disk.getUsableSpace() - kept >= bytes;
  }
}
