package io.hiberlet.agent.runtime;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

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

  private final Deque<LeftOver> leftOvers = new ArrayDeque<>(); // guarded by this; newest first

  /**
   * Leaves arrays of {@link GuestState#PAGE_BYTES} that nobody else has any more.
   *
   * @param pages with null where there is none; kept
   */
  synchronized void give(byte[][] pages) {
    leave(pages, pages.length);
    if (leftOvers.size() > MAX_LEFT_OVERS) {
      leftOvers.removeLast();
    }
  }

  private void leave(byte[][] pages, int count) {
    if (count > 0) {
      leftOvers.addFirst(new LeftOver(pages, count));
    }
  }

  /**
   * Arrays of {@link GuestState#PAGE_BYTES} bytes, whatever is in them; the caller's own from now
   * on.
   *
   * @param most how many at the most; as many as there are
   */
  public synchronized byte[][] take(int most) {
    byte[][] taken = new byte[most][];
    int found = 0;
    while (found < most && !leftOvers.isEmpty()) {
      LeftOver leftOver = leftOvers.removeFirst();
      byte[][] pages = leftOver.get();
      if (pages == null) {
        continue; // the collector was quicker
      }
      int left = leftOver.count;
      while (found < most && left > 0) {
        byte[] page = pages[--left];
        pages[left] = null;
        if (page != null) {
          taken[found++] = page;
        }
      }
      leave(pages, left);
    }
    return Arrays.copyOf(taken, found);
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
