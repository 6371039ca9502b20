package io.hiberlet.node.log;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Cuts one stream of a container into records. Thread-safe: guarded by its log. */
final class LineWriter extends OutputStream {

  private static final byte[] NOTHING = {};

  private final ContainerLog log;
  private final Stream stream;
  private byte[] line = NOTHING;
  private int length;

  /** Whether parts of a line were handed over that has not ended yet. */
  private boolean inLine;

  /** Whether that line is left out, as too much comes. */
  private boolean leavingOut;

  LineWriter(ContainerLog log, Stream stream) {
    this.log = log;
    this.stream = stream;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    synchronized (log) {
      for (int i = offset; i < offset + count; i++) {
        if (bytes[i] == '\n') {
          store(true);
        } else {
          if (length == log.maxLineBytes()) {
            store(false);
          }
          add(bytes[i]);
        }
      }
    }
  }

  /** Whether no line is half written, so that nothing would be lost with it. */
  boolean isIdle() {
    synchronized (log) {
      return length == 0 && !inLine;
    }
  }

  /** Stores a last line that has no line feed. */
  @Override
  public void close() throws IOException {
    synchronized (log) {
      if (length > 0 || inLine) {
        store(true);
      }
    }
  }

  private void store(boolean endsLine) throws IOException {
    if (!inLine) {
      leavingOut = !log.admitsLine();
    }
    if (leavingOut) {
      log.leaveOut(length, endsLine);
    } else {
      log.append(stream, endsLine, line, length);
    }
    inLine = !endsLine;
    length = 0;
  }

  private void add(byte b) {
    if (length == line.length) {
      line = Arrays.copyOf(line, Math.min(log.maxLineBytes(), Math.max(128, 2 * length)));
    }
    line[length++] = b;
  }
}
