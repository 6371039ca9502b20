package io.hiberlet.node.log;

import io.hiberlet.node.LogRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes records as the client asked to see them. Single-threaded. */
final class LogPrinter implements RecordPrinter {

  private static final int BUFFER_BYTES = 8 << 10;

  private final OutputStream to;
  private final boolean timestamps;
  private final @Nullable Instant since;
  private final @Nullable Stream stream;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private long bytesLeft;
  private boolean atLineStart = true;
  private boolean skipping;

  LogPrinter(LogRequest request, OutputStream to) {
    this.to = to;
    this.timestamps = request.timestamps();
    this.since = request.since();
    this.stream = request.stream();
    this.bytesLeft = request.limitBytes().orElse(Long.MAX_VALUE);
  }

  /** Whether the client's limit is reached. */
  @Override
  public boolean isFull() {
    return bytesLeft == 0;
  }

  @Override
  public void print(LogRecord record) throws IOException {
    if (stream != null && record.stream() != stream) {
      return;
    }
    if (atLineStart) {
      skipping = since != null && record.isBefore(since);
    }
    if (!skipping) {
      if (atLineStart && timestamps) {
        put(ByteBuffer.wrap((record.timestamp() + " ").getBytes(StandardCharsets.US_ASCII)));
      }
      put(record.content().duplicate());
      if (record.endsLine()) {
        put(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    }
    atLineStart = record.endsLine();
  }

  @Override
  public void flush() throws IOException {
    to.write(buffer.array(), 0, buffer.position());
    to.flush();
    buffer.clear();
  }

  private void put(ByteBuffer bytes) throws IOException {
    bytes.limit(bytes.position() + (int) Math.min(bytes.remaining(), bytesLeft));
    bytesLeft -= bytes.remaining();
    while (bytes.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(bytes.remaining(), buffer.remaining());
      buffer.put(buffer.position(), bytes, bytes.position(), count);
      buffer.position(buffer.position() + count);
      bytes.position(bytes.position() + count);
    }
  }
}
