package io.hiberlet.agent.execution;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects old garbage now and then. The serial collector rather makes the heap larger, up to its
 * limit, before it looks at old objects: after a burst (many controllers started and put to sleep)
 * the process would stay as large as it ever was. Used by one thread.
 */
public final class HeapTrimmer {
  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** So much may come on top of what is in use, or a part of that if it is more. */
  private static final long LITTLE_BYTES = 4L << 20;

  private static final int PART = 4;

  private final LongSupplier used;
  private final LongSupplier live;
  private final Runnable collect;

  /**
   * @param used bytes of old objects now
   * @param live bytes of old objects that the last collection left; 0 before the first
   */
  HeapTrimmer(LongSupplier used, LongSupplier live, Runnable collect) {
    this.used = used;
    this.live = live;
    this.collect = collect;
  }

  /**
   * Has the timer trim the heap of this process as long as it runs. Does nothing unless the
   * collector is the serial one: the others give memory back by themselves.
   */
  public static void start(ScheduledExecutorService timer) {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().equals("Tenured Gen")) {
        HeapTrimmer trimmer =
            new HeapTrimmer(() -> pool.getUsage().getUsed(), () -> live(pool), System::gc);
        var _ =
            timer.scheduleWithFixedDelay(
                trimmer::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private static long live(MemoryPoolMXBean pool) {
    @Nullable MemoryUsage left = pool.getCollectionUsage();
    return left == null ? 0 : left.getUsed();
  }

  /** Collects if there may be enough to gain. */
  void look() {
    long left = live.getAsLong();
    if (used.getAsLong() - left > Math.max(LITTLE_BYTES, left / PART)) {
      collect.run();
    }
  }
}
