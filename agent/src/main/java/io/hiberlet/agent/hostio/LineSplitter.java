package io.hiberlet.agent.hostio;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines, line feed included. Empty lines are left out. */
final class LineSplitter {
  private final int limitBytes;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream(0);

  LineSplitter(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Bytes of a line that has not ended. */
  int begunBytes() {
    return begun.size();
  }

  /**
   * Hands on the lines that this piece completes.
   *
   * @return false when a line is too long: nothing more can be had from this stream
   */
  boolean feed(byte[] piece, Consumer<byte[]> lines) {
    int start = 0;
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] == '\n') {
        if (!append(piece, start, i + 1)) {
          return false;
        }
        start = i + 1;
        endLine(lines);
      }
    }
    return append(piece, start, piece.length);
  }

  private boolean append(byte[] piece, int start, int end) {
    if (begun.size() + (end - start) > limitBytes) {
      return false;
    }
    begun.write(piece, start, end - start);
    return true;
  }

  private void endLine(Consumer<byte[]> lines) {
    byte[] line = begun.toByteArray();
    begun.reset();
    if (line.length > 1) {
      lines.accept(line);
    }
  }
}
