package io.hiberlet.agent.execution;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts a thread that takes too long for one piece of guest work. Compiled guest code looks at
 * its thread's interrupt flag at every loop and call, so nothing that a guest does outlives it.
 */
public final class Watchdog {
  private final ScheduledExecutorService timer;
  private final Duration limit;

  public Watchdog(ScheduledExecutorService timer, Duration limit) {
    this.timer = timer;
    this.limit = limit;
  }

  /** How long one piece of work may take. */
  public Duration limit() {
    return limit;
  }

  /** Watches the calling thread until the returned watch is closed by the same thread. */
  public Watch watch() {
    return new Watch(Thread.currentThread());
  }

  /** One piece of work under watch. After its close the thread is never interrupted by it. */
  public final class Watch implements AutoCloseable {
    private final Thread worker;
    private final ScheduledFuture<?> alarm;
    private boolean over;
    private boolean fired;

    private Watch(Thread worker) {
      this.worker = worker;
      this.alarm = timer.schedule(this::fire, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void fire() {
      if (!over) {
        fired = true;
        worker.interrupt();
      }
    }

    /** Whether the limit was passed. */
    public synchronized boolean fired() {
      return fired;
    }

    @Override
    public void close() {
      alarm.cancel(false);
      synchronized (this) {
        over = true;
        if (fired) {
          Thread.interrupted(); // the flag was ours and must not meet the thread's next task
        }
      }
    }
  }
}
