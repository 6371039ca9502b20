package io.hiberlet.agent.module;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is left of a disk. */
@FunctionalInterface
public interface DiskSpace {

  /** How it is now. */
  Usage usage() throws IOException;

  /** In bytes; available to this process. */
  record Usage(long capacity, long available) {

    int usedPercent() {
      return capacity <= 0 ? 0 : (int) (100 - available * 100.0 / capacity);
    }

    /** What must be freed to come down to a part of the capacity; 0 when it is there already. */
    long above(int percent) {
      return Math.max(0, (long) (capacity * (100 - percent) / 100.0) - available);
    }
  }

  /** Of the disk that a folder is on. */
  static DiskSpace of(Path folder) {
    return () -> {
      FileStore disk = Files.getFileStore(folder);
      return new Usage(disk.getTotalSpace(), disk.getUsableSpace());
    };
  }
}
