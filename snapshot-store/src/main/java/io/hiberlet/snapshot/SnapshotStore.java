package io.hiberlet.snapshot;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A durable, ordered map from bytes to bytes for each {@link Table}, changed atomically.
 * Thread-safe.
 *
 * <p>Arrays handed in are not kept, arrays handed out belong to the caller. Keys are ordered as
 * unsigned bytes. What a call returned from is on the disk: a power cut afterwards loses nothing.
 */
public interface SnapshotStore extends AutoCloseable {

  /** The longest key, in bytes. */
  int MAX_KEY_BYTES = 1024;

  /** The longest value, in bytes. */
  int MAX_VALUE_BYTES = 16 << 20;

  /**
   * Makes all changes, or, when it throws or the power goes, none of them.
   *
   * @param changes asked for once, in order, so that they may be made while they are taken and
   *     never be in memory all at once; what asking for them throws comes out of this call
   * @throws StoreException FULL when there is no room; nothing was changed. IO when the disk fails;
   *     all of it was changed or nothing, and only a later read tells
   * @throws IllegalArgumentException when a key or value is larger than the limits above
   */
  void write(Iterable<? extends Change> changes);

  /**
   * The value of a key.
   *
   * @throws StoreException when the disk fails or the stored bytes are corrupt
   */
  Optional<byte[]> read(Table table, byte[] key);

  /**
   * Hands over, in order, every entry whose key begins with the prefix, as it stood when the call
   * began. The visitor must not write to the store.
   *
   * @throws StoreException when the disk fails or the stored bytes are corrupt
   */
  default void scan(Table table, byte[] prefix, Visitor visitor) {
    scan(table, prefix, Keys.endOfPrefix(prefix), visitor);
  }

  /**
   * As the other, for the entries from one key to before the other.
   *
   * @throws StoreException when the disk fails or the stored bytes are corrupt
   */
  void scan(Table table, byte[] from, byte[] before, Visitor visitor);

  /**
   * The keys that begin with the prefix, in order. Does not look at the values, so that what is
   * stored can be listed, and deleted, when some of it is corrupt.
   *
   * @throws StoreException when the disk fails
   */
  List<byte[]> keys(Table table, byte[] prefix);

  /**
   * Takes all records whose key begins with the prefix out of some tables, readable or not, and
   * keeps what can be read of them for a person to look at. A record that is corrupt, and a place
   * for the remains that is full, do not stop it.
   *
   * @param name says to a person what this was; letters, digits, dots, dashes and underscores
   * @param reason why it is taken out
   * @throws StoreException when the disk fails; the records may still be there
   * @throws IllegalArgumentException when the prefix is empty
   */
  void quarantine(String name, Set<Table> tables, byte[] prefix, String reason);

  /**
   * Bytes that the store takes on the disk now, its log included; an estimate.
   *
   * @throws StoreException when the disk fails
   */
  long usage();

  /** Releases the folder. Calls that come later throw {@link StoreException}. */
  @Override
  void close();

  /** Takes one entry. The buffers are of no meaning after the call, and must not be written to. */
  @FunctionalInterface
  interface Visitor {
    void visit(ByteBuffer key, ByteBuffer value);
  }
}
