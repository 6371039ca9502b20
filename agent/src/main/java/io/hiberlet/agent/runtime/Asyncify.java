package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.ChicoryException;
import io.hiberlet.agent.hostio.HostCalls;
import java.time.Duration;
import java.util.List;

/**
 * Takes a guest that waits in the middle of its code off the Wasm stack, and puts it back: by the
 * functions that Binaryen's {@code wasm-opt --asyncify} adds to a module ({@code
 * docs/host-abi.md}). So code that blocks hibernates as any other does, with an empty stack.
 *
 * <p>Where it waits since is kept in the guest's own memory, beside the stack that was taken off: a
 * snapshot has it, and this has nothing that outlives a wake. Whatever a guest makes of either is
 * its own affair; it can hurt nobody but itself. Used by the thread that runs the guest.
 */
final class Asyncify implements WakeEntry {
  static final String START_UNWIND = "asyncify_start_unwind";
  static final String STOP_UNWIND = "asyncify_stop_unwind";
  static final String START_REWIND = "asyncify_start_rewind";
  static final String STOP_REWIND = "asyncify_stop_rewind";
  static final String STATE = "asyncify_get_state";

  /** All that a module exports that was run through the pass. */
  static final List<String> FUNCTIONS =
      List.of(START_UNWIND, STOP_UNWIND, START_REWIND, STOP_REWIND, STATE);

  /**
   * The address of the room for the stack: its next free byte, its end, and since when it waits.
   */
  static final String STACK = "hiberlet_stack";

  private static final int END = 4;
  private static final int SINCE = 8;
  private static final int HEADER_BYTES = 16;
  private static final int NORMAL = 0;
  private static final int UNWINDING = 1;

  private enum Phase {
    /** It is not being woken: code that runs before its first wake must not wait. */
    OUTSIDE,
    RUNNING,
    /** It waits, and is on its way out. */
    LEAVING,
    /** It goes on, and is on its way to where it waited. */
    RETURNING
  }

  private final HostCalls calls;
  private final GuestClock clock;
  private final Duration slack;
  private Phase phase = Phase.OUTSIDE;

  /**
   * @param calls keep the deadline
   * @param slack for how much longer than that the guest may sleep
   */
  Asyncify(HostCalls calls, GuestClock clock, Duration slack) {
    this.calls = calls;
    this.clock = clock;
    this.slack = slack;
  }

  /** Runs the guest until it waits or returns, which is its end. */
  @Override
  public boolean run(Instance instance) {
    phase = Phase.RUNNING;
    if (instance.memory().readLong(stack(instance) + SINCE) != 0) {
      phase = Phase.RETURNING;
      call(instance, START_REWIND, stack(instance));
    }
    call(instance, ModuleChecks.COMMAND);
    return returned(instance);
  }

  private boolean returned(Instance instance) {
    Phase end = phase;
    phase = Phase.OUTSIDE;
    if (end == Phase.RETURNING) {
      throw new ChicoryException("it returned, and did not come to where it had waited");
    }
    if (end == Phase.LEAVING) {
      requireState(instance, UNWINDING);
      stopUnwinding(instance);
    }
    requireState(instance, NORMAL);
    return end == Phase.RUNNING;
  }

  /**
   * A call that may wait begins.
   *
   * @return since when it waits, by the guest's clock, when the guest is back in a call that it had
   *     left; 0 when the call is made for the first time
   */
  long comesBack(Instance instance) {
    if (phase != Phase.RETURNING) {
      requireRunning();
      return 0;
    }
    call(instance, STOP_REWIND);
    requireState(instance, NORMAL);
    phase = Phase.RUNNING;
    calls.wakeIn(HostCalls.NEVER);
    int at = stack(instance) + SINCE;
    long since = instance.memory().readLong(at);
    instance.memory().writeLong(at, 0);
    return Math.max(1, since);
  }

  /**
   * The call has to wait. What it answers now nobody hears: it is made again.
   *
   * @param since when it began, by the guest's clock
   * @param until when it is to be made again at the latest; {@link Long#MAX_VALUE} for never
   */
  void leave(Instance instance, long since, long until) {
    if (phase != Phase.RUNNING) {
      throw new ChicoryException("it waits before its first wake");
    }
    requireState(instance, NORMAL);
    int stack = stack(instance);
    long free = Integer.toUnsignedLong(instance.memory().readInt(stack));
    long end = Integer.toUnsignedLong(instance.memory().readInt(stack + END));
    if (free > end || !GuestPointers.inside(instance, (int) end, 0)) {
      throw new ChicoryException("its %s is not inside of its memory".formatted(STACK));
    }
    instance.memory().writeLong(stack + SINCE, Math.max(1, since));
    calls.wakeIn(until == Long.MAX_VALUE ? HostCalls.NEVER : millisTo(until));
    call(instance, START_UNWIND, stack);
    requireState(instance, UNWINDING);
    phase = Phase.LEAVING;
  }

  private long millisTo(long until) {
    return Math.ceilDiv(Math.max(0, until - clock.nanos()), 1_000_000) + slack.toMillis();
  }

  /** Any other call of the host is made: not on the way to or from where the guest waits. */
  void requireRunning() {
    if (phase == Phase.LEAVING || phase == Phase.RETURNING) {
      throw new ChicoryException(
          "it calls the host while its stack is taken off or put back: was it built with"
              + " asyncify-imports for all that waits?");
    }
  }

  private static void requireState(Instance instance, int wanted) {
    long state = instance.export(STATE).apply()[0];
    if (state != wanted) {
      throw new ChicoryException(
          "its %s is %d, but must be %d here: does it unwind itself?"
              .formatted(STATE, state, wanted));
    }
  }

  private static int stack(Instance instance) {
    int stack = (int) instance.exports().global(STACK).getValue();
    if (!GuestPointers.inside(instance, stack, HEADER_BYTES)) {
      throw new ChicoryException("its %s is not inside of its memory".formatted(STACK));
    }
    return stack;
  }

  /** The pass looks at the end of the room here, and not before. */
  private static void stopUnwinding(Instance instance) {
    try {
      call(instance, STOP_UNWIND);
    } catch (TrapException e) {
      throw new ChicoryException(
          "its %s is too small for what it has on the stack".formatted(STACK), e);
    }
  }

  private static void call(Instance instance, String function, long... arguments) {
    instance.export(function).apply(arguments);
  }
}
