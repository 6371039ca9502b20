package io.hiberlet.node.staticpod;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file of the folder as it is at this moment; links are followed. Immutable. */
record ManifestFile(Path path, Instant modified, Stamp stamp) {
  static final int MOST_BYTES = 1 << 20;

  /** Whoever wrote to a file a moment ago may go on writing. */
  private static final Duration SETTLES = Duration.ofSeconds(1);

  /**
   * Tells one state of a file from another without reading it.
   *
   * @param changed when its content, its owner or its mode changed last
   */
  record Stamp(Object changed, long bytes, @Nullable Object inode) {}

  /**
   * All files of a folder by their names, in order. Those that begin with a dot are not looked at,
   * nor is anything that is no file: folders, and links that lead nowhere.
   *
   * @throws IOException when the folder cannot be read, or holds more than that many
   */
  static Map<String, ManifestFile> allIn(Path folder, int most) throws IOException {
    Map<String, ManifestFile> files = new TreeMap<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, path -> !path.getFileName().toString().startsWith("."))) {
      for (Path path : entries) {
        Optional<ManifestFile> file = of(path);
        if (file.isPresent()) {
          files.put(path.getFileName().toString(), file.get());
        }
        if (files.size() > most) {
          throw new IOException("there are more than %d files in %s".formatted(most, folder));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  private static Optional<ManifestFile> of(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      Object changed = Files.getAttribute(path, "unix:ctime");
      Stamp stamp = new Stamp(changed, attributes.size(), attributes.fileKey());
      Instant modified = attributes.lastModifiedTime().toInstant();
      return attributes.isRegularFile()
          ? Optional.of(new ManifestFile(path, modified, stamp))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  boolean isBeingWritten(Instant now) {
    Duration age = Duration.between(modified, now);
    return !age.isNegative() && age.compareTo(SETTLES) < 0;
  }

  byte[] read() throws ManifestException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new ManifestException("it is larger than %d bytes".formatted(MOST_BYTES));
      }
      return content;
    } catch (IOException e) {
      throw new ManifestException("it cannot be read: " + e, e);
    }
  }
}
