package io.hiberlet.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Files and entries of folders that outlast a power cut. */
final class Durable {

  private Durable() {}

  /** Makes or replaces a file; its entry in the folder is not durable yet. */
  static void write(Path file, ByteBuffer content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
  }

  /** Makes the entries of a folder durable; nothing where there is none. */
  static void sync(@Nullable Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    try (FileChannel entries = FileChannel.open(folder)) {
      entries.force(true);
    }
  }
}
