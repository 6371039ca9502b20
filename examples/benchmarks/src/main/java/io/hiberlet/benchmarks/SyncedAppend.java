package io.hiberlet.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * The yardstick: bytes appended to a file and synced with {@code fdatasync}, which is the least
 * that any durable write on this disk can cost. Used by one thread.
 */
final class SyncedAppend implements AutoCloseable {
  private static final int LARGEST_WRITE_BYTES = 1 << 20;
  private static final long LARGEST_FILE_BYTES = 256L << 20;

  private final FileChannel file;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(LARGEST_WRITE_BYTES);

  SyncedAppend(Path path) throws IOException {
    this.file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.DELETE_ON_CLOSE);
    byte[] random = new byte[LARGEST_WRITE_BYTES];
    new Random(1).nextBytes(random);
    bytes.put(random);
  }

  /** Begins the file anew when it has become large, so that this is not part of what is timed. */
  void prepare() throws IOException {
    if (file.position() > LARGEST_FILE_BYTES) {
      file.truncate(0);
      file.force(true);
    }
  }

  /** Appends so many bytes and waits until the disk has them. */
  void append(long count) throws IOException {
    for (long left = count; left > 0; left -= LARGEST_WRITE_BYTES) {
      bytes.clear().limit((int) Math.min(left, LARGEST_WRITE_BYTES));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }
    file.force(false);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
