package io.hiberlet.agent.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A timer thread of a {@link Schedule}. */
final class VirtualTimer extends AbstractExecutorService implements ScheduledExecutorService {
  private final Schedule schedule;
  private final Schedule.Lane lane;

  VirtualTimer(Schedule schedule, Schedule.Life life) {
    this.schedule = schedule;
    this.lane = schedule.lane(life);
  }

  private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final Instant due;
    private final Schedule.Alarm alarm;

    Task(Callable<V> work, Duration delay) {
      super(work);
      this.due = schedule.now().plus(delay);
      this.alarm = lane.at(due, this);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      alarm.cancel();
      return super.cancel(mayInterrupt);
    }

    @Override
    protected void setException(Throwable failure) {
      super.setException(failure);
      schedule.violated("a task of the timer failed: " + Failures.describe(failure));
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(Duration.between(schedule.now(), due));
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          work.run();
          return true;
        },
        delay,
        unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
    return new Task<>(work, Duration.ofNanos(unit.toNanos(delay)));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable work, long first, long period, TimeUnit unit) {
    throw new UnsupportedOperationException("nothing that a simulation runs asks for this");
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable work, long first, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException("nothing that a simulation runs asks for this");
  }

  @Override
  public void execute(Runnable task) {
    lane.execute(task);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }
}
