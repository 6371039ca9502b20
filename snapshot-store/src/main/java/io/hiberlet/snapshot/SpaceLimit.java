package io.hiberlet.snapshot;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps a store's folder within its limit. Measuring takes a walk through the folder, so it is done
 * only when as much was written since the last time as had been left then. Thread-safe.
 */
final class SpaceLimit {

  private final StoreFolder folder;
  private final long maxBytes;
  private final AtomicLong left = new AtomicLong();

  SpaceLimit(StoreFolder folder, long maxBytes) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /** Bytes the folder takes now. */
  long used() {
    try {
      return folder.bytes();
    } catch (IOException e) {
      throw StoreErrors.io("cannot measure the store in " + folder.path(), e);
    }
  }

  /**
   * Takes note that so many bytes are about to be written; false when they are over the limit.
   *
   * @throws StoreException when the folder cannot be measured
   */
  boolean admit(long bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    long measured = maxBytes - used() - bytes;
    left.set(measured);
    return measured >= 0;
  }

  /** For messages. */
  @Override
  public String toString() {
    return maxBytes + " bytes";
  }
}
