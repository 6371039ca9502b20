package io.hiberlet.agent.hostio;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock on an event loop. The loop counts a time of its own, which knows nothing of a
 * machine that slept or of a clock that was set; so a long wait is made of several.
 */
final class LoopClock implements WallClock {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final EventExecutor loop;
  private final InstantSource source;

  LoopClock(EventExecutor loop, InstantSource source) {
    this.loop = loop;
    this.source = source;
  }

  @Override
  public Instant now() {
    return source.instant();
  }

  @Override
  public Alarm alarm(Instant due, Runnable action) {
    LoopAlarm alarm = new LoopAlarm(due, action);
    alarm.set();
    return alarm;
  }

  private final class LoopAlarm implements Alarm, Runnable {
    private final Instant due;
    private final Runnable action;
    private volatile boolean cancelled;
    private volatile Future<?> wait = loop.newSucceededFuture(null);

    LoopAlarm(Instant due, Runnable action) {
      this.due = due;
      this.action = action;
    }

    void set() {
      Duration left = Duration.between(now(), due);
      Duration next = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
      long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(next.toNanos()) + 1);
      wait = loop.schedule(this, micros, TimeUnit.MICROSECONDS);
    }

    @Override
    public void cancel() {
      cancelled = true;
      wait.cancel(false);
    }

    @Override
    public void run() {
      if (cancelled) {
        return;
      }
      if (now().isBefore(due)) {
        set();
      } else {
        action.run();
      }
    }
  }
}
