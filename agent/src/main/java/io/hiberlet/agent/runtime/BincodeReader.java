package io.hiberlet.agent.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what Rust's {@code bincode} 1.3 writes by default: fixed-width little-endian numbers, and a
 * u64 length before whatever has one. Believes no length: nothing is allocated that is not there.
 */
final class BincodeReader {
  private final ByteBuffer bytes;

  BincodeReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * How many of something follow, of which each takes that many bytes at the least.
   *
   * @throws IllegalArgumentException when there cannot be as many
   */
  int count(int leastBytes) {
    if (bytes.remaining() < Long.BYTES) {
      throw new IllegalArgumentException("it is cut off");
    }
    long count = bytes.getLong();
    if (count < 0 || count > bytes.remaining() / leastBytes) {
      throw new IllegalArgumentException("it is cut off, or a length in it makes no sense");
    }
    return (int) count;
  }

  byte[] bytes() {
    byte[] read = new byte[count(1)];
    bytes.get(read);
    return read;
  }

  /** A text of visible ASCII and spaces, which is all that an HTTP message has outside its body. */
  String text() {
    byte[] read = bytes();
    for (byte each : read) {
      if (each < ' ' || each > '~') {
        throw new IllegalArgumentException("it has a character that no message may have");
      }
    }
    return new String(read, StandardCharsets.US_ASCII);
  }

  /** Nothing may be left. */
  void end() {
    if (bytes.hasRemaining()) {
      throw new IllegalArgumentException("there is more than a request");
    }
  }
}
