package io.hiberlet.snapshot;

import io.hiberlet.snapshot.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Tells what an error of RocksDB or of the file system means to the user of a store. */
final class StoreErrors {

  private StoreErrors() {}

  /** An error of an open database. */
  static StoreException of(String attempt, RocksDBException error) {
    return new StoreException(kind(error), attempt + ": " + error.getMessage(), error);
  }

  /** An error of opening the store in the folder. */
  static StoreException ofOpen(Path folder, RocksDBException error) {
    if (isLocked(error)) {
      return locked(folder);
    }
    if (isCorruption(error) || missesFile(error)) {
      return new StoreException(
          Kind.CORRUPT,
          "the database in %s is damaged (%s); restore the folder, or remove it to start from nothing"
              .formatted(folder, error.getMessage()),
          error);
    }
    return of("cannot open the store in " + folder, error);
  }

  static StoreException locked(Path folder) {
    return new StoreException(
        Kind.LOCKED,
        folder + " is in use by another process; stop that one, or choose another folder");
  }

  /** Whether RocksDB found bytes that are not what it wrote. */
  static boolean isCorruption(RocksDBException error) {
    return error.getStatus() != null && error.getStatus().getCode() == Status.Code.Corruption;
  }

  private static boolean missesFile(RocksDBException error) {
    String message = error.getMessage();
    return message != null && message.contains("No such file or directory");
  }

  static StoreException io(String attempt, IOException error) {
    Kind kind = saysFull(error.getMessage()) ? Kind.FULL : Kind.IO;
    return new StoreException(kind, attempt + ": " + error.getMessage(), error);
  }

  private static boolean isLocked(RocksDBException error) {
    String message = error.getMessage();
    return message != null && message.contains("/LOCK:");
  }

  private static Kind kind(RocksDBException error) {
    Status status = error.getStatus();
    if (status == null) {
      return Kind.IO;
    }
    if (status.getSubCode() == Status.SubCode.NoSpace || saysFull(error.getMessage())) {
      return Kind.FULL;
    }
    return isCorruption(error) ? Kind.CORRUPT : Kind.IO;
  }

  /** EDQUOT has no code of its own in RocksDB or the JDK. */
  private static boolean saysFull(@Nullable String message) {
    return message != null
        && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
  }
}
