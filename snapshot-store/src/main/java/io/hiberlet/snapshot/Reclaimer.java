package io.hiberlet.snapshot;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives back, in a thread of its own, the space of what was deleted, once there is need of it.
 * Compaction does so by itself, but only when enough else is written. Thread-safe.
 */
final class Reclaimer {

  private final Runnable compaction;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean worthwhile = true;

  /**
   * @param compaction throws nothing; may take long
   */
  Reclaimer(Runnable compaction) {
    this.compaction = compaction;
  }

  /** Something was deleted, so that there is space to be given back. */
  void deleted() {
    worthwhile = true;
  }

  /** Begins, unless it is being done already or nothing was deleted since the last time. */
  void begin() {
    if (worthwhile && running.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("store-reclaim").start(this::run);
    }
  }

  private void run() {
    try {
      worthwhile = false;
      compaction.run();
    } finally {
      running.set(false);
    }
  }
}
