package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.runtime.GuestState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stored page: the generation of the snapshot that wrote it as a little-endian u32, then its
 * bytes. In version 1 of the format it was the bytes alone.
 */
final class PageRecord {
  static final int BYTES = Integer.BYTES + GuestState.PAGE_BYTES;

  private PageRecord() {}

  /** What stands before the page's bytes; the same for all that a snapshot writes. */
  static byte[] head(int generation) {
    return ByteBuffer.allocate(Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(generation)
        .array();
  }

  /** Reads the generation, and leaves the buffer at the page's bytes. */
  static int generation(ByteBuffer stored) {
    int bytes = stored.getInt();
    return stored.order() == ByteOrder.LITTLE_ENDIAN ? bytes : Integer.reverseBytes(bytes);
  }
}
