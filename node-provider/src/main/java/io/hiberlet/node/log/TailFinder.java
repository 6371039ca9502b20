package io.hiberlet.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Finds where the last lines of a file begin, reading it from its end. */
final class TailFinder {

  /** More than twice the longest record, so that every window holds a whole one. */
  private static final int WINDOW_BYTES = 128 << 10;

  private long missing;
  private boolean found;

  /**
   * @param lines how many are wanted
   */
  TailFinder(long lines) {
    this.missing = lines;
  }

  /**
   * Whether the beginning is in an older file: lines are missing, or parts of the first one may be.
   */
  boolean wantsMore() {
    return !found;
  }

  /**
   * Searches one file; the newest first, then the one before it, and so on.
   *
   * @return where the wanted lines begin in this file; zero when it has no more than are wanted
   */
  long search(FileChannel file) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    long end = file.size();
    while (end > 0) {
      long start = Math.max(0, end - WINDOW_BYTES);
      window.clear().limit((int) (end - start));
      while (window.hasRemaining() && file.read(window, start + window.position()) > 0) {}
      window.flip();
      int recordEnd = window.limit();
      for (int i = recordEnd - 1; i >= 0; i--) {
        boolean beginsFile = start == 0 && i == 0;
        if (!beginsFile && (i == 0 || window.get(i - 1) != '\n')) {
          continue;
        }
        if (endsLine(window, i, recordEnd)) {
          if (missing == 0) {
            found = true;
            return start + recordEnd;
          }
          missing--;
        }
        recordEnd = i;
      }
      if (recordEnd == window.limit()) {
        recordEnd = 0;
      }
      end = start + recordEnd;
    }
    return 0;
  }

  private static boolean endsLine(ByteBuffer window, int from, int to) {
    LogRecord record = LogRecord.parse(window.duplicate().limit(to).position(from));
    return record != null && record.endsLine();
  }
}
