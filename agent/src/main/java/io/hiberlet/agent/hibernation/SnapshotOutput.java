package io.hiberlet.agent.hibernation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;

/** Writes the elements of a record, little-endian, one after the other. Used by one thread. */
final class SnapshotOutput {

  private static final int INITIAL_BYTES = 512;

  private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  SnapshotOutput u8(int value) {
    room(Byte.BYTES).put((byte) value);
    return this;
  }

  SnapshotOutput i32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  SnapshotOutput i64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  SnapshotOutput instant(Instant value) {
    return i64(value.getEpochSecond()).i32(value.getNano());
  }

  /** Their number, then the bytes. */
  SnapshotOutput bytes(byte[] value) {
    i32(value.length);
    room(value.length).put(value);
    return this;
  }

  SnapshotOutput text(String value) {
    return bytes(value.getBytes(UTF_8));
  }

  /** What was written; a copy. */
  byte[] toByteArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(Math.multiplyExact(buffer.capacity(), 2), buffer.position() + bytes);
      buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
    }
    return buffer;
  }
}
