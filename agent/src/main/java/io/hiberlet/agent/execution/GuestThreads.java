package io.hiberlet.agent.execution;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run guests. Platform threads with a stack size of our own choice: a deep
 * recursion of a guest must end as a trap of that guest, the same on every machine.
 *
 * <p>A guest cannot be preempted, so one that computes for long would keep a thread from all
 * others. For each such one a spare thread is lent, up to a bound; the kernel is fair between them.
 */
public final class GuestThreads implements Executor, LongWork, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuestThreads.class);
  private static final long STACK_BYTES = 2L << 20;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  /** How many spare threads there are for each ordinary one. */
  private static final int SPARES = 4;

  private final int count;
  private final ThreadPoolExecutor threads;
  private int lent; // guarded by this

  public GuestThreads(int count) {
    this.count = count;
    this.threads =
        new ThreadPoolExecutor(
            count,
            count * (1 + SPARES),
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threadFactory(),
            GuestThreads::dropped);
  }

  /** After the end there is nobody left to run for: what was suspended has been written down. */
  private static void dropped(Runnable task, ThreadPoolExecutor closed) {
    log.atDebug().addKeyValue("task", task).log("Dropped, as the agent is stopping");
  }

  /** One thread is taken for long: another one is there for everybody else meanwhile. */
  @Override
  public synchronized void began() {
    lent++;
    resize();
  }

  @Override
  public synchronized void ended() {
    lent--;
    resize();
  }

  private void resize() {
    threads.setCorePoolSize(Math.min(count + lent, count * (1 + SPARES)));
  }

  private static ThreadFactory threadFactory() {
    AtomicInteger next = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(null, task, "guest-" + next.getAndIncrement(), STACK_BYTES);
      thread.setUncaughtExceptionHandler(
          (where, failure) -> log.atError().setCause(failure).log("A task of a controller failed"));
      return thread;
    };
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** Lets queued tasks finish for a while, then interrupts those that still run. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        log.atWarn().log("Guests still ran when the agent stopped; they were interrupted");
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
