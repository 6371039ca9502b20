package io.hiberlet.agent.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time of a {@link Schedule}. */
final class VirtualClock extends Clock {
  private final Schedule schedule;

  VirtualClock(Schedule schedule) {
    this.schedule = schedule;
  }

  @Override
  public Instant instant() {
    return schedule.now();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("there is one zone only");
  }
}
