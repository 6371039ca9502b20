package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder of a store: readable by its owner only, as guests' memories hold secrets.
 *
 * <pre>
 *   FOLDER/format   the version of all that is in the folder, as decimal text
 *   FOLDER/db/      RocksDB, which also holds the lock
 * </pre>
 *
 * The version is a file of its own so that a folder of a newer version can be refused before
 * RocksDB has touched it.
 */
final class StoreFolder {

  /** Changes whenever an older program would misread the folder, a new {@link Table} included. */
  static final int FORMAT = 1;

  private final Path folder;

  private StoreFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder where there is none, and checks its version where there is one.
   *
   * @throws StoreException NEWER_FORMAT, CORRUPT when its version cannot be read, IO
   */
  static StoreFolder prepare(Path path) {
    StoreFolder folder = new StoreFolder(path);
    try {
      if (Files.exists(folder.formatFile())) {
        folder.checkFormat();
      } else {
        folder.create();
      }
    } catch (IOException e) {
      throw StoreErrors.io("cannot prepare the store in " + path, e);
    }
    return folder;
  }

  Path database() {
    return folder.resolve("db");
  }

  private Path formatFile() {
    return folder.resolve("format");
  }

  private void checkFormat() throws IOException {
    String text = new String(Files.readAllBytes(formatFile()), US_ASCII).strip();
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new StoreException(
          StoreException.Kind.CORRUPT, formatFile() + " does not hold a version number");
    }
    int format = Integer.parseInt(text);
    if (format > FORMAT) {
      throw new StoreException(
          StoreException.Kind.NEWER_FORMAT,
          "%s was written by a newer version (store format %d, this program reads up to %d)"
              .formatted(folder, format, FORMAT));
    }
  }

  private void create() throws IOException {
    if (Files.exists(database())) {
      throw new StoreException(
          StoreException.Kind.CORRUPT,
          "%s holds a database, but the file 'format' is missing".formatted(folder));
    }
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Path draft = folder.resolve("format.new");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(US_ASCII.encode(FORMAT + "\n"));
      channel.force(true);
    }
    Files.move(draft, formatFile(), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel entries = FileChannel.open(folder)) {
      entries.force(true);
    }
  }
}
