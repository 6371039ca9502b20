package io.hiberlet.agent.module.layer;

import java.io.IOException;

/** What all layers of one image may unpack to, together. Used by one thread. */
final class UnpackingLimit {
  private final long mostBytes;
  private final int mostEntries;
  private long bytes;
  private int entries;

  UnpackingLimit(long mostBytes, int mostEntries) {
    this.mostBytes = mostBytes;
    this.mostEntries = mostEntries;
  }

  void addEntry() throws LayerException {
    if (++entries > mostEntries) {
      throw new LayerException("the image has more than %d files".formatted(mostEntries));
    }
  }

  /**
   * @throws TooLargeException what a stream may throw
   */
  void addBytes(long count) throws TooLargeException {
    bytes += count;
    if (bytes > mostBytes) {
      throw new TooLargeException(
          "the image unpacks to more than the %d bytes that are allowed".formatted(mostBytes));
    }
  }

  /** How many bytes may still come. */
  long bytesLeft() {
    return Math.max(0, mostBytes - bytes);
  }

  /** More than allowed, said by a stream. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }
}
