package io.hiberlet.agent.execution;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts a thread that takes too much CPU time for one piece of guest work. Compiled guest code
 * looks at its thread's interrupt flag at every loop and call, so nothing that a guest does
 * outlives it. CPU time and not time on the wall, so that a device with much to do ends nobody who
 * waited for a core; only work that takes many times the limit on the wall is ended as well.
 */
public final class Watchdog {
  private static final int WALL_TIMES = 6;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long SHORTEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Work that takes longer than this stands in the way of others. */
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ScheduledExecutorService timer;
  private final Duration limit;
  private final LongWork longWork;

  /**
   * @param longWork told of each piece that takes more than a tenth of a second
   */
  public Watchdog(ScheduledExecutorService timer, Duration limit, LongWork longWork) {
    this.timer = timer;
    this.limit = limit;
    this.longWork = longWork;
  }

  /** How much CPU time one piece of work may take. */
  public Duration limit() {
    return limit;
  }

  /**
   * Watches the calling thread until the returned watch is closed by the same thread.
   *
   * @param limit of CPU time
   */
  public Watch watch(Duration limit) {
    return new Watch(Thread.currentThread(), limit);
  }

  /** The same with the limit for an ordinary piece of work. */
  public Watch watch() {
    return watch(limit);
  }

  /** One piece of work under watch. After its close the thread is never interrupted by it. */
  public final class Watch implements AutoCloseable {
    private final Thread worker;
    private final Duration limit;
    private final long beganCpuNanos;
    private final long beganNanos;
    private ScheduledFuture<?> alarm;
    private boolean isLong;
    private boolean over;
    private boolean fired;
    private boolean brokenOff;

    private Watch(Thread worker, Duration limit) {
      this.worker = worker;
      this.limit = limit;
      this.beganCpuNanos = THREADS.getCurrentThreadCpuTime();
      this.beganNanos = System.nanoTime();
      synchronized (this) {
        this.alarm = look(Math.min(limit.toNanos(), LONG_NANOS));
      }
    }

    private ScheduledFuture<?> look(long inNanos) {
      return timer.schedule(
          this::fire, Math.max(inNanos, SHORTEST_LOOK_NANOS), TimeUnit.NANOSECONDS);
    }

    private synchronized void fire() {
      if (over) {
        return;
      }
      long leftCpu =
          limit.toNanos() - (THREADS.getThreadCpuTime(worker.threadId()) - beganCpuNanos);
      long leftWall = WALL_TIMES * limit.toNanos() - (System.nanoTime() - beganNanos);
      if (!isLong) {
        isLong = true;
        longWork.began();
      }
      if (leftCpu <= 0 || leftWall <= 0) {
        fired = true;
        worker.interrupt();
      } else {
        alarm = look(Math.min(leftCpu, leftWall));
      }
    }

    /** Ends the work now, if it is not over; called by any thread. */
    public synchronized void breakOff() {
      if (!over) {
        brokenOff = true;
        worker.interrupt();
      }
    }

    /** Whether the work was ended by {@link #breakOff}. */
    public synchronized boolean isBrokenOff() {
      return brokenOff;
    }

    /** Whether the limit was passed. */
    public synchronized boolean fired() {
      return fired;
    }

    /**
     * The CPU time that the work has taken so far; to be asked until its thread does other work.
     */
    public Duration cpuTime() {
      long now =
          worker.equals(Thread.currentThread())
              ? THREADS.getCurrentThreadCpuTime()
              : THREADS.getThreadCpuTime(worker.threadId());
      return Duration.ofNanos(Math.max(0, now - beganCpuNanos));
    }

    @Override
    public synchronized void close() {
      alarm.cancel(false);
      over = true;
      if (isLong) {
        longWork.ended();
      }
      if (fired || brokenOff) {
        Thread.interrupted(); // the flag was ours and must not meet the thread's next task
      }
    }
  }
}
