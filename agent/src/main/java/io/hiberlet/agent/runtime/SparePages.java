package io.hiberlet.agent.runtime;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The page arrays of guests that were let go of, for guests that are resumed. Without them, the
 * collector would move every page of a large guest out of the young generation, into memory that
 * the system has to clear first: half the time of its resume.
 *
 * <p>They are held weakly, as the garbage that they are: nothing is kept in memory that would not
 * still be there, and where the collector was quicker, arrays are made anew. Thread-safe.
 */
public final class SparePages {
  private static final int MAX_LEFT_OVERS = 64;
  private static final byte[][] NONE = {};

  private final Deque<LeftOver> leftOvers = new ArrayDeque<>(); // guarded by this; newest first

  /**
   * Takes arrays of {@link GuestState#PAGE_BYTES} that nobody else has any more.
   *
   * @param pages with null where there is none; kept
   */
  void give(byte[][] pages) {
    give(pages, pages.length);
  }

  private synchronized void give(byte[][] pages, int count) {
    if (count > 0) {
      leftOvers.addFirst(new LeftOver(pages, count));
    }
    if (leftOvers.size() > MAX_LEFT_OVERS) {
      leftOvers.removeLast();
    }
  }

  private synchronized @Nullable LeftOver take() {
    return leftOvers.pollFirst();
  }

  /** Arrays for one guest; to be closed, for the sake of those that it does not need. */
  public Supply supply() {
    return new Supply();
  }

  /** Gives out arrays. Used by one thread. */
  public final class Supply implements AutoCloseable {
    private byte[][] pages = NONE;
    private int count;
    private boolean exhausted;

    private Supply() {}

    /** An array of {@link GuestState#PAGE_BYTES} bytes, whatever is in them; the caller's own. */
    public byte[] next() {
      while (!exhausted) {
        while (count > 0) {
          byte[] page = pages[--count];
          pages[count] = null;
          if (page != null) {
            return page;
          }
        }
        more();
      }
      return new byte[GuestState.PAGE_BYTES];
    }

    private void more() {
      LeftOver leftOver = take();
      byte[][] found = leftOver == null ? null : leftOver.get();
      exhausted = leftOver == null;
      pages = found == null ? NONE : found;
      count = found == null ? 0 : leftOver.count;
    }

    /** Leaves what is left to the next. */
    @Override
    public void close() {
      give(pages, count);
      pages = NONE;
      count = 0;
      exhausted = true;
    }
  }

  /**
   * The table of a guest's memory: as old as the guest, so a young collection does not clear it.
   */
  private static final class LeftOver extends WeakReference<byte[][]> {
    final int count;

    LeftOver(byte[][] pages, int count) {
      super(pages);
      this.count = count;
    }
  }
}
