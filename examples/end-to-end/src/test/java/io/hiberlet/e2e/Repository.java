package io.hiberlet.e2e;

import java.nio.file.Path;

/** The checkout that is tested. */
final class Repository {
  private Repository() {}

  /** A file by its path from the checkout's root. */
  static Path file(String path) {
    return Path.of(System.getProperty("hiberlet.root", "../..")).resolve(path).normalize();
  }
}
