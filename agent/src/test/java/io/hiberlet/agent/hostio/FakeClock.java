package io.hiberlet.agent.hostio;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when the test says so. */
final class FakeClock implements WallClock {
  private record Pending(Instant due, Runnable action) {}

  private final List<Pending> pending = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Alarm alarm(Instant due, Runnable action) {
    Pending alarm = new Pending(due, action);
    pending.add(alarm);
    return () -> pending.remove(alarm);
  }

  void pass(Duration time) {
    now = now.plus(time);
    while (true) {
      Pending next =
          pending.stream()
              .filter(alarm -> !alarm.due().isAfter(now))
              .min(Comparator.comparing(Pending::due))
              .orElse(null);
      if (next == null) {
        return;
      }
      pending.remove(next);
      next.action().run();
    }
  }

  int alarms() {
    return pending.size();
  }
}
