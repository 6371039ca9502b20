package io.hiberlet.snapshot;

/** One change of a store; several are made at once by {@link SnapshotStore#write}. */
public sealed interface Change {

  /** The map it changes. */
  Table table();

  /**
   * Sets the value of a key, be it there or not.
   *
   * @param value in parts that are stored one behind the other, so that whoever has it in parts
   *     need not put them together
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Put(Table table, byte[] key, byte[]... value) implements Change {
    int valueBytes() {
      int bytes = 0;
      for (byte[] part : value) {
        bytes += part.length;
      }
      return bytes;
    }
  }

  /** Removes a key, be it there or not. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Delete(Table table, byte[] key) implements Change {}

  /** Removes every key that begins with the prefix; the prefix must not be empty. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record DeletePrefix(Table table, byte[] prefix) implements Change {}
}
