package io.hiberlet.agent.module.compiler;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Passes bytes on up to a number of them. Used by one thread. */
final class BoundedOutput extends FilterOutputStream {
  private long room;

  BoundedOutput(OutputStream out, long maxBytes) {
    super(out);
    this.room = maxBytes;
  }

  @Override
  public void write(int value) throws IOException {
    take(1);
    out.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    take(length);
    out.write(bytes, offset, length);
  }

  private void take(int count) throws FullException {
    room -= count;
    if (room < 0) {
      throw new FullException();
    }
  }

  /** More was written than is allowed. */
  static final class FullException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
