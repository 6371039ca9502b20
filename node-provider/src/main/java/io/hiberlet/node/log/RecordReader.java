package io.hiberlet.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one file from a position on, and can be asked again after more was written.
 * A record is given out only when its line feed is there. Single-threaded; owns the channel.
 */
final class RecordReader implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 << 10;

  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

  RecordReader(FileChannel file, long position) throws IOException {
    this.file = file.position(position);
  }

  /**
   * The next record, or null when there is none yet. What is not a record is passed over. The
   * content is valid until the next call.
   */
  @Nullable LogRecord next() throws IOException {
    while (true) {
      int end = indexOfLineFeed();
      if (end < 0) {
        if (!fill()) {
          return null;
        }
        continue;
      }
      LogRecord record = LogRecord.parse(buffer.duplicate().limit(end));
      buffer.position(end + 1);
      if (record != null) {
        return record;
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private int indexOfLineFeed() {
    for (int i = buffer.position(); i < buffer.limit(); i++) {
      if (buffer.get(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Makes room and reads on; a full buffer without a line feed was not written by us: dropped. */
  private boolean fill() throws IOException {
    if (buffer.remaining() == buffer.capacity()) {
      buffer.position(buffer.limit());
    }
    buffer.compact();
    int read = file.read(buffer);
    buffer.flip();
    return read > 0;
  }
}
