package io.hiberlet.agent.hibernation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hiberlet.snapshot.StoreException;
import java.nio.ByteBuffer;

/**
 * The keys of a controller's records. The parts of an id are plain ASCII without NUL, so NUL ends
 * each, and all keys of a controller, or of a pod, share a prefix that no other's begin with.
 * Numbers are big-endian so that their order is that of the keys.
 *
 * <pre>
 *   SNAPSHOTS   podUid NUL container NUL
 *   PAGES       podUid NUL container NUL memory:u16 page:u32
 *   POSITIONS   podUid NUL container NUL operation:u64
 * </pre>
 */
final class SnapshotKeys {

  static final int PAGE_SUFFIX_BYTES = Short.BYTES + Integer.BYTES;

  private SnapshotKeys() {}

  static byte[] pod(String podUid) {
    ControllerId.require("pod UID", podUid);
    return (podUid + '\0').getBytes(US_ASCII);
  }

  /** The key of the head record, and the prefix of all others. */
  static byte[] controller(ControllerId id) {
    return (id.podUid() + '\0' + id.container() + '\0').getBytes(US_ASCII);
  }

  /** The least key that comes after all of a controller's: its prefix ends with NUL. */
  static byte[] endOfController(ControllerId id) {
    byte[] end = controller(id);
    end[end.length - 1]++;
    return end;
  }

  /** Which controller a key of {@link #controller} is of. */
  static ControllerId controllerOf(byte[] key) {
    String text = new String(key, US_ASCII);
    int end = text.indexOf('\0');
    if (end < 0 || !text.endsWith("\0")) {
      throw new StoreException(
          StoreException.Kind.CORRUPT, "a key of table snapshots names no controller");
    }
    return new ControllerId(text.substring(0, end), text.substring(end + 1, text.length() - 1));
  }

  static byte[] page(ControllerId id, int memory, int page) {
    byte[] prefix = controller(id);
    return ByteBuffer.allocate(prefix.length + PAGE_SUFFIX_BYTES)
        .put(prefix)
        .putShort((short) memory)
        .putInt(page)
        .array();
  }

  static byte[] position(ControllerId id, long operation) {
    byte[] prefix = controller(id);
    return ByteBuffer.allocate(prefix.length + Long.BYTES).put(prefix).putLong(operation).array();
  }
}
