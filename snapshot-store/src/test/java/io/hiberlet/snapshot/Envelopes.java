package io.hiberlet.snapshot;

import java.nio.ByteBuffer;

/** What stands in the database for a value. */
final class Envelopes {
  private Envelopes() {}

  static byte[] of(Table table, byte[] key, byte[] value) {
    ByteBuffer envelope = ByteBuffer.allocate(Seal.bytes(value.length));
    new Seal(table).close(key, new byte[][] {value}, envelope);
    return envelope.array();
  }
}
