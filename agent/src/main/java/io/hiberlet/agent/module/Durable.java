package io.hiberlet.agent.module;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Makes what was written survive a power cut. */
final class Durable {
  /** Of files that are being written, or were when the power went. */
  static final String PART = ".part";

  private Durable() {}

  /** Of a file, its content; of a folder, which files it has: a rename is durable then. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Puts a new file in the place of an old one, so that there is one or the other at any time. */
  static void replace(Path folder, String file, String content) throws IOException {
    Path part = Files.createTempFile(folder, "", PART);
    try {
      Files.writeString(part, content);
      sync(part);
      Files.move(part, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
      sync(folder);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
