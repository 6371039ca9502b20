package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import io.hiberlet.agent.runtime.OpenFiles.Open;
import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.GuestPath;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What guests hand to file calls, and are handed: paths, lists of buffers, records. */
final class GuestBuffers {
  static final int MOST_PATH_BYTES = 4096;
  private static final int BUFFER_BYTES = 8;
  private static final int MOST_BUFFERS = 1024;

  private GuestBuffers() {}

  /** Reads a path that is relative to an open folder. */
  static GuestPath path(Instance instance, OpenFiles files, Open folder, int pointer, int length)
      throws IOException {
    FileCall.require(length <= MOST_PATH_BYTES, WasiErrno.NAMETOOLONG);
    String given = text(instance, pointer, length);
    FileCall.require(files.isFolder(folder), WasiErrno.NOTDIR);
    return GuestPath.resolve(folder.path, given);
  }

  /** A text; {@code INVAL} when it is outside of the memory, no UTF-8 or holds a NUL. */
  private static String text(Instance instance, int pointer, int length) throws FileException {
    FileCall.require(
        length >= 0 && GuestPointers.inside(instance, pointer, length), WasiErrno.INVAL);
    byte[] bytes = instance.memory().readBytes(pointer, length);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      FileCall.require(text.indexOf('\0') < 0, WasiErrno.INVAL);
      return text;
    } catch (CharacterCodingException e) {
      throw new FileException(WasiErrno.INVAL);
    }
  }

  /**
   * How much a list of buffers (WASI's {@code iovec_array}) takes; {@code FAULT} when something is
   * outside of the memory, or the list is too long.
   */
  static int room(Instance instance, int list, int count, int most) throws FileException {
    FileCall.require(
        count >= 0
            && count <= MOST_BUFFERS
            && GuestPointers.inside(instance, list, count * BUFFER_BYTES),
        WasiErrno.FAULT);
    long room = 0;
    for (int i = 0; i < count && room < most; i++) {
      int length = (int) Math.min(length(instance, list, i), most - room);
      FileCall.requireInside(instance, pointer(instance, list, i), length);
      room += length;
    }
    return (int) room;
  }

  /** Copies bytes into buffers whose {@link #room} was asked for. */
  static void scatter(Instance instance, int list, byte[] bytes, int count) {
    int at = 0;
    for (int i = 0; at < count; i++) {
      int length = (int) Math.min(length(instance, list, i), count - at);
      instance.memory().write(pointer(instance, list, i), bytes, at, length);
      at += length;
    }
  }

  /** Copies what is in a list of buffers, up to so many bytes. */
  static byte[] gather(Instance instance, int list, int count, int most) throws FileException {
    byte[] bytes = new byte[room(instance, list, count, most)];
    int at = 0;
    for (int i = 0; at < bytes.length; i++) {
      int length = (int) Math.min(length(instance, list, i), bytes.length - at);
      byte[] part = instance.memory().readBytes(pointer(instance, list, i), length);
      System.arraycopy(part, 0, bytes, at, length);
      at += length;
    }
    return bytes;
  }

  private static int pointer(Instance instance, int list, int index) {
    return instance.memory().readInt(list + index * BUFFER_BYTES);
  }

  private static long length(Instance instance, int list, int index) {
    return Integer.toUnsignedLong(
        instance.memory().readInt(list + index * BUFFER_BYTES + Integer.BYTES));
  }

  /** A record of zeros, to be filled in. */
  static ByteBuffer record(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes a whole record; {@code FAULT} when it would leave the memory. */
  static void put(Instance instance, int pointer, ByteBuffer bytes) throws FileException {
    FileCall.requireInside(instance, pointer, bytes.capacity());
    instance.memory().write(pointer, bytes(bytes));
  }

  /** All of a record. */
  static byte[] bytes(ByteBuffer record) {
    byte[] bytes = new byte[record.capacity()];
    record.get(0, bytes);
    return bytes;
  }
}
