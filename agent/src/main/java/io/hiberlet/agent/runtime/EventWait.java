package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import io.hiberlet.agent.hostio.Errno;

/**
 * {@code hiberlet.event_wait}: {@code event_next} for code that blocks. Used by the thread that
 * runs the guest.
 */
final class EventWait implements WasmFunctionHandle {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final HiberletCalls hiberlet;
  private final Asyncify asyncify;
  private final GuestClock clock;

  EventWait(HiberletCalls hiberlet, Asyncify asyncify, GuestClock clock) {
    this.hiberlet = hiberlet;
    this.asyncify = asyncify;
    this.clock = clock;
  }

  @Override
  public long[] apply(Instance instance, long... args) {
    return new long[] {await(instance, (int) args[0], args[1])};
  }

  private int await(Instance instance, int header, long millis) {
    long back = asyncify.comesBack(instance);
    int found = hiberlet.eventNext(instance, header);
    if (found != 0) {
      return found;
    }
    if (millis < -1) {
      return Errno.INVAL.result();
    }
    long since = back == 0 ? clock.nanos() : back;
    long until = millis < 0 ? Long.MAX_VALUE : sum(since, millis);
    if (clock.nanos() < until) {
      asyncify.leave(instance, since, until);
    }
    return 0;
  }

  private static long sum(long nanos, long millis) {
    return millis > (Long.MAX_VALUE - nanos) / NANOS_PER_MILLI
        ? Long.MAX_VALUE
        : nanos + millis * NANOS_PER_MILLI;
  }
}
