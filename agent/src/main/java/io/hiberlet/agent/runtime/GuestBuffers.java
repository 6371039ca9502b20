package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What guests hand to file calls: paths, and lists of buffers. */
final class GuestBuffers {
  static final int MOST_PATH_BYTES = 4096;
  private static final int BUFFER_BYTES = 8;
  private static final int MOST_BUFFERS = 1024;

  private GuestBuffers() {}

  /** A text; null when it is outside of the memory, no UTF-8 or holds a NUL. */
  static @Nullable String text(Instance instance, int pointer, int length) {
    if (length < 0 || !GuestPointers.inside(instance, pointer, length)) {
      return null;
    }
    byte[] bytes = instance.memory().readBytes(pointer, length);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') < 0 ? text : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * Copies bytes into a list of buffers (WASI's {@code iovec_array}).
   *
   * @return how many fit; -1 when something is outside of the memory, or the list is too long
   */
  static int scatter(Instance instance, int list, int count, byte[] bytes, long from) {
    if (count < 0
        || count > MOST_BUFFERS
        || !GuestPointers.inside(instance, list, count * BUFFER_BYTES)) {
      return -1;
    }
    int at = (int) Math.min(from, bytes.length);
    int begin = at;
    for (int i = 0; i < count && at < bytes.length; i++) {
      int pointer = instance.memory().readInt(list + i * BUFFER_BYTES);
      int room = instance.memory().readInt(list + i * BUFFER_BYTES + Integer.BYTES);
      int length = room < 0 ? bytes.length - at : Math.min(room, bytes.length - at);
      if (!GuestPointers.inside(instance, pointer, length)) {
        return -1;
      }
      instance.memory().write(pointer, bytes, at, length);
      at += length;
    }
    return at - begin;
  }
}
