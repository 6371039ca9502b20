package io.hiberlet.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files beside a database that hold what was taken out of it. They are for a person; the store
 * never reads them. The oldest go when there are too many.
 *
 * <p>Not thread-safe.
 */
final class QuarantineFolder {

  /** The most files. */
  static final int MAX_FILES = 16;

  /** The most bytes of all files together. */
  static final long MAX_BYTES = 64 << 20;

  /** The most bytes of one file, so that a large controller leaves others theirs. */
  static final long MAX_FILE_BYTES = 16 << 20;

  private static final String NUMBERED = "[0-9]{12}-.*";
  private static final int NUMBER_LENGTH = 12;

  private final Path folder;

  QuarantineFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Begins a file for which room was made.
   *
   * @param name becomes part of the file's
   */
  QuarantineFile begin(String name, String reason) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    List<Path> files = new ArrayList<>(files());
    long number = files.isEmpty() ? 1 : number(files.getLast()) + 1;
    makeRoom(files);
    String fileName = "%012d-%s".formatted(number, name.replaceAll("[^A-Za-z0-9._-]", "_"));
    return QuarantineFile.create(
        folder.resolve(fileName),
        List.of("name: " + name, "reason: " + reason, "time: " + Instant.now()),
        MAX_FILE_BYTES);
  }

  private static void makeRoom(List<Path> files) throws IOException {
    long bytes = files.stream().mapToLong(file -> file.toFile().length()).sum();
    while (files.size() >= MAX_FILES || bytes > MAX_BYTES - MAX_FILE_BYTES) {
      Path oldest = files.removeFirst();
      bytes -= oldest.toFile().length();
      Files.delete(oldest);
    }
  }

  /** Oldest first: the numbers have one length. */
  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(NUMBERED))
          .sorted()
          .toList();
    }
  }

  private static long number(Path file) {
    return Long.parseLong(file.getFileName().toString().substring(0, NUMBER_LENGTH));
  }
}
