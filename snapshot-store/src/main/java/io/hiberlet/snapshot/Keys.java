package io.hiberlet.snapshot;

import java.util.Arrays;

/** The rules for keys, values and prefixes that every store keeps. */
final class Keys {

  private Keys() {}

  /**
   * @throws IllegalArgumentException when a key or value is over its limit, or a prefix to delete
   *     is empty
   */
  static void check(Change change) {
    switch (change) {
      case Change.Put put -> {
        checkKey(put.table(), put.key());
        checkLength(put.table(), "value", put.valueBytes(), SnapshotStore.MAX_VALUE_BYTES);
      }
      case Change.Delete(Table table, byte[] key) -> checkKey(table, key);
      case Change.DeletePrefix(Table table, byte[] prefix) -> checkPrefix(table, prefix);
    }
  }

  /**
   * @throws IllegalArgumentException when it is over its limit or empty
   */
  static void checkPrefix(Table table, byte[] prefix) {
    checkKey(table, prefix);
    if (prefix.length == 0) {
      throw new IllegalArgumentException(
          "an empty prefix would delete all of table " + table.storedName());
    }
  }

  private static void checkKey(Table table, byte[] key) {
    checkLength(table, "key", key.length, SnapshotStore.MAX_KEY_BYTES);
  }

  private static void checkLength(Table table, String what, int length, int most) {
    if (length > most) {
      throw new IllegalArgumentException(
          "a %s of %d bytes for table %s exceeds the limit of %d"
              .formatted(what, length, table.storedName(), most));
    }
  }

  /** The least key that is greater than every key that begins with the prefix. */
  static byte[] endOfPrefix(byte[] prefix) {
    for (int last = prefix.length - 1; last >= 0; last--) {
      if (prefix[last] != (byte) 0xff) {
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return end;
      }
    }
    byte[] beyondAll = new byte[SnapshotStore.MAX_KEY_BYTES + 1];
    Arrays.fill(beyondAll, (byte) 0xff);
    return beyondAll;
  }
}
