package io.hiberlet.agent.runtime;

import java.util.Arrays;

/**
 * Reads, writes, fills and copies any number of bytes, page by page. All addresses lie in the
 * memory: the caller has checked. Used by one thread at a time.
 */
@SuppressWarnings("ReferenceEquality") // the page of zeros is one array
final class PageRanges {
  private static final int PAGE_BYTES = MemoryImage.PAGE_BYTES;
  private static final int PAGE_SHIFT = MemoryImage.PAGE_SHIFT;
  private static final int OFFSET_MASK = PAGE_BYTES - 1;

  private final PagedMemory memory;

  PageRanges(PagedMemory memory) {
    this.memory = memory;
  }

  byte[] read(int from, int size) {
    var bytes = new byte[size];
    for (int done = 0, part; done < size; done += part) {
      int at = from + done;
      part = Math.min(size - done, roomFrom(at));
      System.arraycopy(readable(at), at & OFFSET_MASK, bytes, done, part);
    }
    return bytes;
  }

  void write(int to, byte[] bytes, int offset, int size) {
    for (int done = 0, part; done < size; done += part) {
      int at = to + done;
      part = Math.min(size - done, roomFrom(at));
      System.arraycopy(bytes, offset + done, writable(at), at & OFFSET_MASK, part);
    }
  }

  /** Zeros over a page of zeros cost nothing: that is how allocators clear what is new. */
  void fill(int from, int size, byte value) {
    for (int done = 0, part; done < size; done += part) {
      int at = from + done;
      part = Math.min(size - done, roomFrom(at));
      if (value != 0 || readable(at) != MemoryImage.ZERO_PAGE) {
        int offset = at & OFFSET_MASK;
        Arrays.fill(writable(at), offset, offset + part, value);
      }
    }
  }

  /** Ranges that overlap are copied from the end at which nothing is overwritten unread. */
  void copy(int to, int from, int size) {
    if (size <= Math.min(roomFrom(to), roomFrom(from))) {
      copyPart(to, from, size);
    } else if (to <= from) {
      copyForward(to, from, size);
    } else {
      copyBackward(to, from, size);
    }
  }

  private void copyForward(int to, int from, int size) {
    for (int done = 0, part; done < size; done += part) {
      part = Math.min(size - done, Math.min(roomFrom(to + done), roomFrom(from + done)));
      copyPart(to + done, from + done, part);
    }
  }

  private void copyBackward(int to, int from, int size) {
    for (int left = size, part; left > 0; left -= part) {
      part = Math.min(left, Math.min(roomBefore(to + left), roomBefore(from + left)));
      copyPart(to + left - part, from + left - part, part);
    }
  }

  /** Within one page each, which may be the same. */
  private void copyPart(int to, int from, int size) {
    if (size > 0) {
      byte[] target = writable(to); // first: it may replace what is readable
      System.arraycopy(readable(from), from & OFFSET_MASK, target, to & OFFSET_MASK, size);
    }
  }

  private byte[] readable(int address) {
    return memory.readable[address >>> PAGE_SHIFT];
  }

  private byte[] writable(int address) {
    return memory.own(address >>> PAGE_SHIFT);
  }

  /** Bytes from an address to the end of its page. */
  private static int roomFrom(int address) {
    return PAGE_BYTES - (address & OFFSET_MASK);
  }

  /** Bytes from the beginning of a page to an address behind them. */
  private static int roomBefore(int address) {
    return ((address - 1) & OFFSET_MASK) + 1;
  }
}
