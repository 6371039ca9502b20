package io.hiberlet.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that is tested. */
final class Repository {
  private Repository() {}

  /** A file by its path from the checkout's root. */
  static Path file(String path) {
    return Path.of(System.getProperty("hiberlet.root", "../..")).resolve(path).normalize();
  }

  /** What is in a file, by its path from the checkout's root. */
  static String read(String path) {
    try {
      return Files.readString(file(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
