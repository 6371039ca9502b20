package io.hiberlet.agent.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A linear memory as a table of pages over the image that all instances of a module share. A page
 * is copied when it is first written to, so an instance costs what it changed:
 *
 * <pre>
 *   readable[i]          writable[i]   stored
 *   shared, the image's  null          no       never written to, or found equal to the image
 *   the instance's own   null          yes      as it is on the disk
 *   the instance's own   the same      either   written to since it was captured
 * </pre>
 *
 * A load thus takes one array access more than in a flat memory, and a store a null check. Both
 * arrays are as long as the memory, so that Java's own bounds check finds an address that is not in
 * it; and both are the image's until something is written. Used by one thread at a time.
 */
@SuppressWarnings("ReferenceEquality") // which array it is tells whose it is
abstract class PagedMemory extends UnsharedMemory {
  private static final byte[][] NO_PAGES = {};

  /** For how many pages it asks for room at a time. */
  static final int PAGES_AT_A_TIME = (1 << 20) / MemoryImage.PAGE_BYTES;

  /** In heaps of less than 32 GiB. */
  private static final int REFERENCE_BYTES = 4;

  private final MemoryImage image;
  private final int maximumPages;
  private boolean refusedToGrow;
  private RoomToGrow room = RoomToGrow.AMPLE;

  /** Pages that the disk may have in a version of its own, newer than the image. */
  private final BitSet stored = new BitSet();

  /** How many of the readable ones are not the image's. */
  private int ownPages;

  /** Not final, and not private: a load must be as short as can be. */
  byte[][] readable;

  /** Null where a store has to call {@link #own} first. */
  byte[][] writable;

  /**
   * @param image what it begins with, and how large it is then
   * @param maximumPages the Wasm pages that it can grow to, at most {@link #RUNTIME_MAX_PAGES}
   */
  PagedMemory(MemoryImage image, int maximumPages) {
    if (maximumPages < image.wasmPages() || maximumPages > RUNTIME_MAX_PAGES) {
      throw new IllegalArgumentException("a memory of at most " + maximumPages + " pages");
    }
    this.image = image;
    this.maximumPages = maximumPages;
    this.readable = image.pages();
    this.writable = image.unwritten();
  }

  @Override
  public final int pages() {
    return readable.length / MemoryImage.PAGES_PER_WASM_PAGE;
  }

  @Override
  public final int initialPages() {
    return image.wasmPages();
  }

  @Override
  public final int maximumPages() {
    return maximumPages;
  }

  /** Has it take room for pages that become its own from now on. */
  final void takeRoomFrom(RoomToGrow provider) {
    room = provider;
  }

  /** Whether it was refused to grow when it was to do so last. */
  final boolean refusedToGrow() {
    return refusedToGrow;
  }

  /** What was refused before does not matter any more. */
  final void forgetRefusal() {
    refusedToGrow = false;
  }

  @Override
  public final int grow(int size) {
    int before = pages();
    refusedToGrow = size < 0 || size > maximumPages - before;
    if (refusedToGrow) {
      return -1;
    }
    resize((before + size) * MemoryImage.PAGES_PER_WASM_PAGE);
    return before;
  }

  /** Chicory's word for: begin anew. This memory does not begin with zeros but with its image. */
  @Override
  public final void zero() {
    int count = readable.length;
    readable = image.pages();
    writable = image.unwritten();
    stored.clear();
    ownPages = 0;
    resize(count);
  }

  /** Bytes of the heap that are not shared with the image. */
  final long heldBytes() {
    long tables = readable == image.pages() ? 0 : 2L * REFERENCE_BYTES * readable.length;
    return (long) ownPages * MemoryImage.PAGE_BYTES + tables;
  }

  /** What it contains now, as an image; it must not be used any more. */
  final MemoryImage toImage() {
    return MemoryImage.of(readable);
  }

  /** Makes a page writable. */
  final byte[] own(int page) {
    byte[] own = writable[page];
    if (own == null) {
      own = readable[page];
      own = own == image.page(page) ? own.clone() : own;
      put(page, own);
      writable[page] = own;
    }
    return own;
  }

  /**
   * The pages that were written to, but for those that still equal the image. One that the disk may
   * have in another version is among them even then, as it must be replaced there: also one that
   * was captured and, as far as is known, not stored, because a write that failed may have come
   * through. The arrays are this memory's own, and change when it is written to.
   */
  final GuestState.Memory capture() {
    var changed = new ArrayList<GuestState.Page>();
    for (int i = 0; i < writable.length; i++) {
      byte[] page = writable[i];
      if (page == null) {
        continue;
      }
      if (!stored.get(i) && Arrays.equals(page, image.page(i))) {
        readable[i] = image.page(i);
        writable[i] = null;
        ownPages--;
      } else {
        changed.add(new GuestState.Page(i, page));
        stored.set(i);
      }
    }
    return new GuestState.Memory(pages(), true, changed);
  }

  /** What was captured last is on the disk. */
  final void stored() {
    if (writable != image.unwritten()) {
      Arrays.fill(writable, null);
    }
  }

  /** Takes a memory that nobody has used, of the state's size, to that state; keeps its arrays. */
  final void restore(GuestState.Memory state) {
    if (!state.overImage()) {
      clearImage();
    }
    for (GuestState.Page page : state.pages()) {
      put(page.index(), page.bytes());
      if (state.overImage()) {
        stored.set(page.index());
      } else {
        writable[page.index()] = page.bytes();
      }
    }
  }

  /**
   * Gives away the arrays that nobody else has, with null where there is none. Nothing is left of
   * this memory: every access to it is out of bounds.
   */
  final byte[][] release() {
    byte[][] own = readable == image.pages() ? NO_PAGES : readable;
    readable = NO_PAGES;
    writable = NO_PAGES;
    ownPages = 0;
    for (int i = 0; i < own.length; i++) {
      if (own[i] == image.page(i) || own[i] == MemoryImage.ZERO_PAGE) {
        own[i] = null;
      }
    }
    return own;
  }

  /**
   * For a state that knows of no image. It must be stored anew as one over the image, so all that
   * differs from that counts as written to.
   */
  private void clearImage() {
    for (int i = 0; i < readable.length; i++) {
      if (image.page(i) != MemoryImage.ZERO_PAGE) {
        Arrays.fill(own(i), (byte) 0);
      }
    }
  }

  private void put(int page, byte[] bytes) {
    if (readable == image.pages()) {
      readable = readable.clone();
      writable = writable.clone();
    }
    if (readable[page] == image.page(page)) {
      ownPages++;
      if (ownPages % PAGES_AT_A_TIME == 0
          && !room.take((long) PAGES_AT_A_TIME * MemoryImage.PAGE_BYTES)) {
        throw new NoRoomException();
      }
    }
    readable[page] = bytes;
  }

  private void resize(int count) {
    int before = readable.length;
    if (count > before) {
      byte[][] grown = Arrays.copyOf(readable, count);
      Arrays.fill(grown, before, count, MemoryImage.ZERO_PAGE);
      writable = Arrays.copyOf(writable, count);
      readable = grown;
    }
  }
}
