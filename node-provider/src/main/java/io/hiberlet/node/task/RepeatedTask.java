package io.hiberlet.node.task;

import io.hiberlet.node.client.ApiErrors;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one step again and again on a virtual thread of its own: after the wait that the step asks
 * for, sooner when woken, and with a growing wait while it fails, longer if the API server asks for
 * that. An outage is told once, with its cause, and so is its end. All methods may be called by any
 * thread.
 */
public final class RepeatedTask implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RepeatedTask.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(30);

  /** One round of work. */
  @FunctionalInterface
  public interface Step {
    /**
     * May block; is interrupted when the task is closed.
     *
     * @return how long to wait before the next round
     */
    Duration run() throws Exception;
  }

  private final String name;
  private final Step step;
  private final Backoff backoff;
  private final Semaphore wakeUps = new Semaphore(0);
  private final Thread thread;

  /** What the log last said is wrong; null while all is well. Owned by the task's thread. */
  private @Nullable String trouble;

  /**
   * @param name as the log is to call the work, such as {@code node lease}
   */
  public RepeatedTask(String name, Step step) {
    this(name, step, new Backoff(FIRST_RETRY, SLOWEST_RETRY, new Random()));
  }

  RepeatedTask(String name, Step step, Backoff backoff) {
    this.name = name;
    this.step = step;
    this.backoff = backoff;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::loop);
  }

  /** Starts the first round at once; to be called once. */
  public void start() {
    thread.start();
  }

  /** Ends the present wait, unless it is the wait after a failure. */
  public void wake() {
    wakeUps.release();
  }

  /** Interrupts the present round and returns when it has ended. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        wakeUps.drainPermits();
        round();
      }
    } catch (InterruptedException e) {
      log.atDebug().addKeyValue("task", name).log("Stopped");
    }
  }

  private void round() throws InterruptedException {
    Duration pause;
    try {
      pause = step.run();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      Duration retry = Collections.max(List.of(backoff.next(), ApiErrors.retryAfter(e)));
      tell(e, retry);
      Thread.sleep(retry);
      return;
    }
    recovered();
    if (wakeUps.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
      log.atTrace().addKeyValue("task", name).log("Woken");
    }
  }

  private void tell(Exception failure, Duration retry) {
    String cause = ApiErrors.describe(failure);
    if (cause.equals(trouble)) {
      return;
    }
    trouble = cause;
    var entry = log.atWarn().addKeyValue("task", name).addKeyValue("cause", cause);
    if (!ApiErrors.isExpected(failure)) {
      entry = entry.setCause(failure);
    }
    entry.addKeyValue("retryInMillis", retry.toMillis()).log("Failing; will go on trying");
  }

  private void recovered() {
    backoff.reset();
    if (trouble != null) {
      trouble = null;
      log.atInfo().addKeyValue("task", name).log("Working again");
    }
  }
}
