package io.hiberlet.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a store, held against other processes until it is closed. Readable by its owner
 * only, as guests' memories hold secrets.
 *
 * <pre>
 *   FOLDER/format        see {@link StoreFormat}
 *   FOLDER/lock          locked by the process that has the store open
 *   FOLDER/db/           RocksDB
 *   FOLDER/db.new/       a copy of db that is being made, or was when the power went
 *   FOLDER/db.damaged/   what db was before a copy took its place; about to be removed
 *   FOLDER/quarantine/   see {@link QuarantineFolder}
 * </pre>
 */
final class StoreFolder implements AutoCloseable {

  private final Path folder;
  private final FileChannel lock;

  private StoreFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder where there is none, checks its version where there is one, takes its lock and
   * ends what a crash interrupted.
   *
   * @throws StoreException LOCKED, NEWER_FORMAT, CORRUPT when its version or its database cannot be
   *     made out, IO; in all these cases the folder is left as it was
   */
  static StoreFolder open(Path path) {
    try {
      StoreFormat format = new StoreFormat(path);
      boolean isNew = !format.check();
      if (isNew) {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        Durable.sync(path.toAbsolutePath().getParent());
      }
      StoreFolder folder = new StoreFolder(path, lock(path));
      try {
        folder.recover();
        if (isNew) {
          format.write();
        }
        folder.makeDatabaseFolder();
        return folder;
      } catch (IOException | RuntimeException e) {
        folder.close();
        throw e;
      }
    } catch (IOException e) {
      throw StoreErrors.io("cannot prepare the store in " + path, e);
    }
  }

  StoreFormat format() {
    return new StoreFormat(folder);
  }

  Path path() {
    return folder;
  }

  Path database() {
    return folder.resolve("db");
  }

  /** Where a copy of the database is made; nothing is there. */
  Path copy() {
    return folder.resolve("db.new");
  }

  Path quarantine() {
    return folder.resolve("quarantine");
  }

  private Path damaged() {
    return folder.resolve("db.damaged");
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false; // this process has it
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw StoreErrors.locked(folder);
    }
    return channel;
  }

  /** Its entry must be durable before anything in it can be. RocksDB sees to its own only. */
  private void makeDatabaseFolder() throws IOException {
    if (!Files.exists(database())) {
      Files.createDirectory(database());
      Durable.sync(folder);
    }
  }

  /** Ends, or takes back, a {@link #replaceDatabase} that was interrupted. */
  private void recover() throws IOException {
    if (!Files.exists(database()) && Files.exists(damaged())) {
      Files.move(
          Files.exists(copy()) ? copy() : damaged(), database(), StandardCopyOption.ATOMIC_MOVE);
      Durable.sync(folder);
    }
    deleteAll(copy());
    deleteAll(damaged());
    requireDatabaseOrNothing();
  }

  /**
   * RocksDB would make a new database of one that has lost its CURRENT, and remove its tables. But
   * one that was only just begun, and so never held a record, is begun again.
   */
  private void requireDatabaseOrNothing() throws IOException {
    if (Files.exists(database().resolve("CURRENT"))) {
      return;
    }
    for (Path file : list(database())) {
      if (holdsRecords(file)) {
        throw new StoreException(
            StoreException.Kind.CORRUPT,
            "the database in %s has lost its file CURRENT; restore the folder, or remove it to start"
                    .formatted(folder)
                + " from nothing");
      }
    }
    deleteAll(database());
  }

  private static boolean holdsRecords(Path file) {
    String name = file.toString();
    return name.endsWith(".sst") || (name.endsWith(".log") && file.toFile().length() > 0);
  }

  /** Puts the copy in the place of the database; done again at the next opening if cut short. */
  void replaceDatabase() throws IOException {
    Durable.sync(copy());
    Files.move(database(), damaged(), StandardCopyOption.ATOMIC_MOVE);
    Files.move(copy(), database(), StandardCopyOption.ATOMIC_MOVE);
    Durable.sync(folder);
    deleteAll(damaged());
  }

  /** Removes a copy that was not finished. */
  void deleteCopy() throws IOException {
    deleteAll(copy());
  }

  /** Bytes of all files in the folder; some may come and go meanwhile. */
  long bytes() throws IOException {
    return bytes(folder);
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path entry : list(folder)) {
      bytes += Files.isDirectory(entry) ? bytes(entry) : entry.toFile().length();
    }
    return bytes;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static void deleteAll(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(path)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }

  /** Lets other processes have the folder. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw StoreErrors.io("cannot release the store in " + folder, e);
    }
  }
}
