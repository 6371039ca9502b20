package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * WASI's {@code poll_oneoff} on the guest's own clock. Descriptors are always ready: standard input
 * is at its end, and the log takes what it is given. A poll for clocks alone sleeps, on the guest's
 * thread, until the first is due or the thread is interrupted; but one that asks for the idle
 * descriptor too never sleeps, as that is what it asks for.
 */
final class PollOneoff implements WasmFunctionHandle {
  private static final int SUBSCRIPTION_BYTES = 48;
  private static final int EVENT_BYTES = 32;
  private static final int CLOCK = 0;
  private static final int FD_READ = 1;
  private static final int FD_WRITE = 2;
  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int ABSOLUTE_TIME = 1;
  private static final int SUCCESS = 0;
  private static final int BADF = 8;
  private static final int FAULT = 21;
  private static final int INVAL = 28;

  private final GuestClock clock;
  private final @Nullable IdleDescriptor idle;

  PollOneoff(GuestClock clock, @Nullable IdleDescriptor idle) {
    this.clock = clock;
    this.idle = idle;
  }

  /**
   * @param dueNanos by the guest's clock
   * @param forIdle whether it is due when nothing else is
   */
  private record Subscription(long userData, int kind, int errno, long dueNanos, boolean forIdle) {}

  @Override
  public long[] apply(Instance instance, long... args) {
    return new long[] {poll(instance, (int) args[0], (int) args[1], (int) args[2], (int) args[3])};
  }

  private int poll(Instance instance, int in, int out, int count, int countPointer) {
    if (count <= 0) {
      return INVAL;
    }
    if (count > Integer.MAX_VALUE / SUBSCRIPTION_BYTES
        || !GuestPointers.inside(instance, in, count * SUBSCRIPTION_BYTES)
        || !GuestPointers.inside(instance, out, count * EVENT_BYTES)
        || !GuestPointers.inside(instance, countPointer, Integer.BYTES)) {
      return FAULT;
    }
    var memory = instance.memory();
    var subscriptions = new ArrayList<Subscription>();
    for (int i = 0; i < count; i++) {
      subscriptions.add(read(memory, in + i * SUBSCRIPTION_BYTES));
    }
    if (subscriptions.stream().anyMatch(subscription -> subscription.errno() == INVAL)) {
      return INVAL;
    }
    memory.writeI32(countPointer, writeDue(memory, out, subscriptions));
    return SUCCESS;
  }

  private Subscription read(Memory memory, int at) {
    long userData = memory.readLong(at);
    int kind = Byte.toUnsignedInt(memory.read(at + 8));
    if (kind == CLOCK) {
      return readClock(memory, at, userData);
    }
    int descriptor = memory.readInt(at + 16);
    if (idle != null && descriptor == IdleDescriptor.NUMBER && kind == FD_READ) {
      return new Subscription(userData, kind, SUCCESS, Long.MAX_VALUE, true);
    }
    int errno = kind > FD_WRITE ? INVAL : descriptor >= 0 && descriptor <= 2 ? SUCCESS : BADF;
    return new Subscription(userData, kind, errno, Long.MIN_VALUE, false);
  }

  private Subscription readClock(Memory memory, int at, long userData) {
    int id = memory.readInt(at + 16);
    long timeout = memory.readLong(at + 24);
    long delay = timeout < 0 ? Long.MAX_VALUE : timeout; // it is unsigned
    if ((memory.readShort(at + 40) & ABSOLUTE_TIME) != 0) {
      delay -= id == CLOCK_REALTIME ? realtimeNanos() : clock.nanos();
    }
    long now = clock.nanos();
    long due = delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
    boolean known = id == CLOCK_REALTIME || id == CLOCK_MONOTONIC;
    return new Subscription(userData, CLOCK, known ? SUCCESS : INVAL, due, false);
  }

  private int writeDue(Memory memory, int out, List<Subscription> subscriptions) {
    long first = subscriptions.stream().mapToLong(Subscription::dueNanos).min().orElseThrow();
    IdleDescriptor waiting =
        first > clock.nanos() && subscriptions.stream().anyMatch(Subscription::forIdle)
            ? idle
            : null;
    if (waiting == null) {
      sleepUntil(first);
    } else {
      waiting.idle(first == Long.MAX_VALUE ? first : first - clock.nanos());
    }
    long now = clock.nanos();
    int events = 0;
    for (Subscription subscription : subscriptions) {
      if (waiting == null ? subscription.dueNanos() <= now : subscription.forIdle()) {
        write(memory, out + events * EVENT_BYTES, subscription);
        events++;
      }
    }
    return events;
  }

  private void sleepUntil(long dueNanos) {
    try {
      for (long now = clock.nanos(); now < dueNanos; now = clock.nanos()) {
        TimeUnit.NANOSECONDS.sleep(dueNanos - now);
      }
    } catch (InterruptedException e) {
      throw new ChicoryInterruptedException(e);
    }
  }

  private static void write(Memory memory, int at, Subscription subscription) {
    memory.fill((byte) 0, at, at + EVENT_BYTES);
    memory.writeLong(at, subscription.userData());
    memory.writeShort(at + 8, (short) subscription.errno());
    memory.writeByte(at + 10, (byte) subscription.kind());
  }

  private static long realtimeNanos() {
    return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
  }
}
