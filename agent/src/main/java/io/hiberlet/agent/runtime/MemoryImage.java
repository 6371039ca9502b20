package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Memory;
import java.util.Arrays;

/**
 * What a linear memory contains before any code ran: the module's active data segments, and zeros.
 * All instances of a module read the same image; nobody ever writes to its arrays. Thread-safe.
 */
final class MemoryImage {
  static final int PAGE_BYTES = GuestState.PAGE_BYTES;
  static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(PAGE_BYTES);
  static final int PAGES_PER_WASM_PAGE = Memory.PAGE_SIZE / PAGE_BYTES;

  /** The one page of zeros, in the place of all. Never written to. */
  static final byte[] ZERO_PAGE = new byte[PAGE_BYTES];

  private final byte[][] pages;
  private final byte[][] unwritten;

  private MemoryImage(byte[][] pages) {
    this.pages = pages;
    this.unwritten = new byte[pages.length][];
  }

  static MemoryImage ofZeros(int wasmPages) {
    var pages = new byte[wasmPages * PAGES_PER_WASM_PAGE][];
    Arrays.fill(pages, ZERO_PAGE);
    return new MemoryImage(pages);
  }

  /** Keeps the arrays, which nobody may write to from now on. */
  static MemoryImage of(byte[][] pages) {
    var shared = pages.clone();
    for (int i = 0; i < shared.length; i++) {
      if (Arrays.equals(shared[i], ZERO_PAGE)) {
        shared[i] = ZERO_PAGE;
      }
    }
    return new MemoryImage(shared);
  }

  int wasmPages() {
    return pages.length / PAGES_PER_WASM_PAGE;
  }

  /** Every page, none of them null; to be read only. */
  byte[][] pages() {
    return pages;
  }

  /** As many nulls as there are pages, to be read only: nothing has been written yet. */
  byte[][] unwritten() {
    return unwritten;
  }

  /** A page of this image, or of what a memory grew beyond it. */
  byte[] page(int index) {
    return index < pages.length ? pages[index] : ZERO_PAGE;
  }
}
