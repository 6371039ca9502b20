package io.hiberlet.node.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to where a container's streams go, as the container wrote them. Lines of one batch
 * are gathered, those of different streams in their order. Used by one thread.
 */
final class StreamPrinter implements RecordPrinter {
  private static final int BUFFER_BYTES = 8 << 10;

  private final OutputStream stdout;
  private final OutputStream stderr;
  private final ByteBuffer gathered = ByteBuffer.allocate(BUFFER_BYTES);
  private @Nullable Stream of;

  StreamPrinter(OutputStream stdout, OutputStream stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  @Override
  public void print(LogRecord record) throws IOException {
    if (record.stream() != of) {
      flush();
      of = record.stream();
    }
    put(record.content().duplicate());
    if (record.endsLine()) {
      put(ByteBuffer.wrap(new byte[] {'\n'}));
    }
  }

  @Override
  public void flush() throws IOException {
    OutputStream to = of == Stream.STDERR ? stderr : stdout;
    if (gathered.position() > 0) {
      to.write(gathered.array(), 0, gathered.position());
      to.flush();
      gathered.clear();
    }
  }

  @Override
  public boolean isFull() {
    return false;
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (!gathered.hasRemaining()) {
        flush();
      }
      int count = Math.min(bytes.remaining(), gathered.remaining());
      gathered.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
    }
  }
}
