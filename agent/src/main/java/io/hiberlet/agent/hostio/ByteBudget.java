package io.hiberlet.agent.hostio;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all controllers share. May be used by any thread. */
final class ByteBudget {
  private final AtomicLong left;

  ByteBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** Takes so many bytes, or none and answers false. */
  boolean tryTake(long bytes) {
    if (left.addAndGet(-bytes) < 0) {
      left.addAndGet(bytes);
      return false;
    }
    return true;
  }

  /** Gives back what was taken. */
  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }
}
