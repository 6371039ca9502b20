package io.hiberlet.agent.hibernation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Reads what {@link SnapshotOutput} wrote. Every length is checked against the bytes that are left
 * before anything is allocated, so reading takes memory in proportion to its input, whatever that
 * says. Used by one thread.
 */
final class SnapshotInput {

  private final ByteBuffer buffer;

  SnapshotInput(byte[] bytes, int offset, int length) {
    buffer = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  int u8() throws CorruptSnapshotException {
    return Byte.toUnsignedInt(require(Byte.BYTES).get());
  }

  int i32() throws CorruptSnapshotException {
    return require(Integer.BYTES).getInt();
  }

  long i64() throws CorruptSnapshotException {
    return require(Long.BYTES).getLong();
  }

  Instant instant() throws CorruptSnapshotException {
    try {
      return Instant.ofEpochSecond(i64(), i32());
    } catch (DateTimeException | ArithmeticException e) {
      throw new CorruptSnapshotException("the snapshot holds a time that does not exist", e);
    }
  }

  byte[] bytes() throws CorruptSnapshotException {
    byte[] value = new byte[count(Byte.BYTES)];
    buffer.get(value);
    return value;
  }

  String text() throws CorruptSnapshotException {
    return new String(bytes(), UTF_8);
  }

  /** A number of elements, each of which takes at least so many bytes of what follows. */
  int count(int leastBytesEach) throws CorruptSnapshotException {
    int count = i32();
    if (count < 0 || count > buffer.remaining() / leastBytesEach) {
      throw new CorruptSnapshotException(
          "the snapshot promises %s elements of at least %d bytes with %d bytes left"
              .formatted(Integer.toUnsignedString(count), leastBytesEach, buffer.remaining()));
    }
    return count;
  }

  void requireEnd() throws CorruptSnapshotException {
    if (buffer.hasRemaining()) {
      throw new CorruptSnapshotException(
          "the snapshot has %d bytes too many".formatted(buffer.remaining()));
    }
  }

  private ByteBuffer require(int bytes) throws CorruptSnapshotException {
    if (buffer.remaining() < bytes) {
      throw new CorruptSnapshotException("the snapshot is cut short");
    }
    return buffer;
  }
}
