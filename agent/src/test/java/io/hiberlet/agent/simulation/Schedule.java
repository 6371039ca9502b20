package io.hiberlet.agent.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that happens, one step after the other, on one thread and in a time of its own. What
 * runs next is drawn from the seed among all that might run; when nothing might, time goes on to
 * what is due first. The same seed makes the same steps.
 */
final class Schedule {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MOST_STEPS = 400_000;
  private static final int LAST_LINES = Integer.getInteger("simulation.lines", 120);

  /** One step in so many finds that time went on although there was something to do. */
  private static final int HURRY = 50;

  /** What tasks belong to, and end with. */
  static final class Life {
    private final Runnable atItsEnd;
    private boolean over;

    Life(Runnable atItsEnd) {
      this.atItsEnd = atItsEnd;
    }

    void end() {
      if (!over) {
        over = true;
        atItsEnd.run();
      }
    }

    boolean isOver() {
      return over;
    }
  }

  /** Something to be done at a time. */
  interface Alarm {
    void cancel();
  }

  private static final class Due implements Alarm {
    private final Instant at;
    private final long order;
    private final Lane lane;
    private final Runnable task;
    private boolean cancelled;

    Due(Instant at, long order, Lane lane, Runnable task) {
      this.at = at;
      this.order = order;
      this.lane = lane;
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    private void arrive() {
      if (!cancelled) {
        lane.execute(
            () -> {
              if (!cancelled) {
                task.run();
              }
            });
      }
    }
  }

  /** Tasks that run in their order, as on a thread of their own. */
  final class Lane implements Executor {
    private final Life life;
    private final List<Lane> ready;
    private final Deque<Runnable> tasks = new ArrayDeque<>(2);

    private Lane(Life life, List<Lane> ready) {
      this.life = life;
      this.ready = ready;
    }

    @Override
    public void execute(Runnable task) {
      if (!life.isOver()) {
        if (tasks.isEmpty()) {
          ready.add(this);
        }
        tasks.add(task);
      }
    }

    Alarm later(Duration delay, Runnable task) {
      return at(now.plus(delay), task);
    }

    Alarm at(Instant time, Runnable task) {
      Due entry = new Due(time, orders++, this, task);
      if (!life.isOver()) {
        due.add(entry);
      }
      return entry;
    }
  }

  private final SplittableRandom random;
  private final boolean traced;
  private final Deque<String> lines = new ArrayDeque<>();
  private final List<Lane> guests = new ArrayList<>();
  private final List<Lane> others = new ArrayList<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(
          Comparator.<Due, Instant>comparing(each -> each.at)
              .thenComparingLong(each -> each.order));
  private Instant now = BEGIN;
  private long orders;
  private int steps;
  private @Nullable String violation;

  Schedule(SplittableRandom random, boolean traced) {
    this.random = random;
    this.traced = traced;
  }

  Instant now() {
    return now;
  }

  int steps() {
    return steps;
  }

  /** Tasks of the world, which does not end. */
  Lane worldLane() {
    return lane(new Life(() -> {}));
  }

  /** Tasks that never run while a guest does. */
  Lane guestLane(Life life) {
    return new Lane(life, guests);
  }

  /** Tasks that may run at any moment, that of a guest's call to its host too. */
  Lane lane(Life life) {
    return new Lane(life, others);
  }

  /** Takes note of what happens, for the story of a failure. */
  void note(Supplier<String> what) {
    if (traced) {
      lines.add(
          "%6d %9.3fs  %s"
              .formatted(steps, Duration.between(BEGIN, now).toMillis() / 1e3, what.get()));
      if (lines.size() > LAST_LINES) {
        lines.remove();
      }
    }
  }

  /** What was noted last. */
  List<String> lastLines() {
    return List.copyOf(lines);
  }

  /** Something that must never happen has happened: the run ends after this step. */
  void violated(String what) {
    if (violation == null) {
      violation = what;
      note(() -> "VIOLATED: " + what);
    }
  }

  @Nullable String violation() {
    return violation;
  }

  /**
   * Takes steps until something holds.
   *
   * @return whether it came to hold within that time, and nothing was violated
   */
  boolean runUntil(BooleanSupplier condition, Duration patience) {
    Instant deadline = now.plus(patience);
    while (violation == null && !condition.getAsBoolean()) {
      if (now.isAfter(deadline) || !step()) {
        return false;
      }
    }
    return violation == null;
  }

  /** What other threads do while a guest is inside a call to its host: a few steps or none. */
  void interlude() {
    while (!others.isEmpty() && random.nextInt(4) == 0) {
      run(others);
    }
  }

  /** Time goes on while a guest runs, and what becomes due on other threads happens. */
  void passDuringWork(Duration time) {
    now = now.plus(time);
    arrivals();
    while (!others.isEmpty() && violation == null) {
      run(others);
    }
  }

  private boolean step() {
    if ((guests.isEmpty() && others.isEmpty()) || random.nextInt(HURRY) == 0) {
      advance();
    }
    int count = guests.size() + others.size();
    if (count == 0) {
      return !due.isEmpty();
    }
    run(random.nextInt(count) < guests.size() ? guests : others);
    return true;
  }

  private void advance() {
    Due next = due.peek();
    if (next != null) {
      now = next.at.isAfter(now) ? next.at : now;
      arrivals();
    }
  }

  private void arrivals() {
    for (Due next = due.peek(); next != null && !next.at.isAfter(now); next = due.peek()) {
      due.remove().arrive();
    }
  }

  private void run(List<Lane> ready) {
    int index = random.nextInt(ready.size());
    Lane lane = ready.get(index);
    Runnable task = lane.life.isOver() ? null : lane.tasks.poll();
    if (task == null || lane.tasks.isEmpty()) {
      lane.tasks.clear();
      ready.set(index, ready.getLast());
      ready.removeLast();
    }
    if (task != null) {
      run(task);
    }
  }

  private void run(Runnable task) {
    if (++steps > MOST_STEPS) {
      violated("it does not come to rest: " + steps + " steps");
      return;
    }
    try {
      task.run();
    } catch (CrashedError e) {
      note(() -> "the process has ended");
    } catch (RuntimeException e) {
      violated("a task failed: " + Failures.describe(e));
    }
  }
}
