package io.hiberlet.agent.hostio;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock on an event loop. All alarms wait in one queue, and the loop only for the first of
 * them: nearly every controller that sleeps has an alarm, and a task of the loop for each would
 * take more memory than the alarm itself.
 *
 * <p>The loop counts a time of its own, which knows nothing of a machine that slept or of a clock
 * that was set; so a long wait is made of several.
 */
final class LoopClock implements WallClock {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** So many alarms that were cancelled may stay in the queue, besides as many as wait in it. */
  private static final int FEW = 64;

  private final EventExecutor loop;
  private final InstantSource source;

  // All guarded by this.
  private final Queue<LoopAlarm> alarms =
      new PriorityQueue<>(Comparator.comparing((LoopAlarm alarm) -> alarm.due));
  private int cancelled;
  private @Nullable LoopAlarm awaited;
  private @Nullable Future<?> wait;

  LoopClock(EventExecutor loop, InstantSource source) {
    this.loop = loop;
    this.source = source;
  }

  @Override
  public Instant now() {
    return source.instant();
  }

  @Override
  public synchronized Alarm alarm(Instant due, Runnable action) {
    LoopAlarm alarm = new LoopAlarm(due, action);
    alarms.add(alarm);
    awaitFirst();
    return alarm;
  }

  /** How many alarms it keeps, those that were cancelled among them. */
  synchronized int queued() {
    return alarms.size();
  }

  /** Sees to it that the loop waits for the first alarm, and for nothing else. */
  private void awaitFirst() {
    LoopAlarm first = alarms.peek();
    if (first == awaited) {
      return;
    }
    if (wait != null) {
      wait.cancel(false);
      wait = null;
    }
    awaited = first;
    if (first != null) {
      Duration left = Duration.between(now(), first.due);
      Duration next = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
      long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(next.toNanos()) + 1);
      wait = loop.schedule(this::ring, micros, TimeUnit.MICROSECONDS);
    }
  }

  /** Each action is a task of its own, as one that fails must not take others with it. */
  private void ring() {
    takeDue().forEach(loop::execute);
  }

  private synchronized List<Runnable> takeDue() {
    List<Runnable> due = new ArrayList<>();
    Instant now = now();
    for (LoopAlarm first = alarms.peek();
        first != null && !now.isBefore(first.due);
        first = alarms.peek()) {
      alarms.remove();
      first.isQueued = false;
      if (first.action == null) {
        cancelled--;
      } else {
        due.add(first);
      }
    }
    awaited = null; // the wait is over, for whomever it was
    awaitFirst();
    return due;
  }

  /** Seeking one alarm would take long; all that were cancelled are removed now and then. */
  private synchronized void cancel(LoopAlarm alarm) {
    if (take(alarm) == null || !alarm.isQueued) {
      return;
    }
    cancelled++;
    if (cancelled > alarms.size() / 2 + FEW) {
      alarms.removeIf(each -> each.action == null);
      cancelled = 0;
      awaitFirst();
    }
  }

  /** Its action, once; null when that was cancelled. */
  private synchronized @Nullable Runnable take(LoopAlarm alarm) {
    Runnable action = alarm.action;
    alarm.action = null;
    return action;
  }

  /** Its fields are guarded by the clock. */
  private final class LoopAlarm implements Alarm, Runnable {
    private final Instant due;
    private @Nullable Runnable action;
    private boolean isQueued = true;

    LoopAlarm(Instant due, Runnable action) {
      this.due = due;
      this.action = action;
    }

    @Override
    public void cancel() {
      LoopClock.this.cancel(this);
    }

    @Override
    public void run() {
      Runnable left = take(this);
      if (left != null) {
        left.run();
      }
    }
  }
}
