package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The version of all that is in a store's folder, as decimal text in the file {@code format}: a
 * file of its own, so that a folder of a newer version can be refused before RocksDB has touched
 * it.
 */
final class StoreFormat {

  /**
   * Changes whenever an older program would misread the folder, a new {@link Table} included. 2:
   * pages lie over their module's image and bear a generation. 3: there are events. An older folder
   * is one of this version in which nothing new was written yet.
   */
  static final int VERSION = 3;

  private final Path folder;
  private final Path file;

  StoreFormat(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("format");
  }

  /**
   * Whether there is a version; if so, it is one that this program reads. Changes nothing.
   *
   * @throws StoreException NEWER_FORMAT, or CORRUPT when it cannot be read or is missing
   */
  boolean check() throws IOException {
    if (!Files.exists(file)) {
      if (Files.exists(folder.resolve("db"))) {
        throw corrupt("%s holds a database, but the file 'format' is missing".formatted(folder));
      }
      return false;
    }
    int version = read();
    if (version > VERSION) {
      throw new StoreException(
          StoreException.Kind.NEWER_FORMAT,
          "%s was written by a newer version (store format %d, this program reads up to %d)"
              .formatted(folder, version, VERSION));
    }
    return true;
  }

  private int read() throws IOException {
    String text = new String(Files.readAllBytes(file), US_ASCII).strip();
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw corrupt(file + " does not hold a version number");
    }
    return Integer.parseInt(text);
  }

  /**
   * Makes an older folder one of this version. To be called once its database is open, and before
   * anything of this version is written.
   *
   * @throws StoreException when the disk fails
   */
  void migrate() {
    try {
      if (read() < VERSION) {
        write();
      }
    } catch (IOException e) {
      throw StoreErrors.io("cannot migrate the store in " + folder, e);
    }
  }

  /** Returns when the version is on the disk; a crash leaves the old one or the new one. */
  void write() throws IOException {
    Path draft = folder.resolve("format.new");
    Durable.write(draft, US_ASCII.encode(VERSION + "\n"));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    Durable.sync(folder);
  }

  private static StoreException corrupt(String message) {
    return new StoreException(StoreException.Kind.CORRUPT, message);
  }
}
