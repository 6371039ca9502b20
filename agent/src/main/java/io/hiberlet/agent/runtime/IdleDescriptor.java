package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.file.WasiErrno;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The descriptor by which a scheduler inside the guest learns that it is idle ({@code
 * docs/host-abi.md}). One thread of the guest reads from it, and {@code poll_oneoff} says that
 * there is something to read exactly when the scheduler would otherwise wait: that one thread goes
 * on, and returns to the host. What the others wait for by the clock is left to the host's timer.
 *
 * <p>Used by the thread that runs the guest. Holds nothing that is worth a snapshot: between two
 * wakes there is nothing to read, and the deadline is one of the controller's operations.
 */
final class IdleDescriptor {
  static final int NUMBER = 1000;

  /** Times the delay: a back-off of a second is not to become one of minutes. */
  private static final int MOST_SLACK = 9;

  private static final int CHARACTER_DEVICE = 2;
  private static final short NONBLOCK = 4;
  private static final int FDSTAT_BYTES = 24;
  private static final int IOVEC_BYTES = 8;

  private final HostCalls calls;
  private final Duration slack;
  private boolean readable;

  /**
   * @param calls keep the deadline
   * @param slack for how much longer than that the guest may sleep
   */
  IdleDescriptor(HostCalls calls, Duration slack) {
    this.calls = calls;
    this.slack = slack;
  }

  /**
   * The guest would wait now.
   *
   * @param nanos until its next deadline; {@link Long#MAX_VALUE} when it has none
   */
  void idle(long nanos) {
    readable = true;
    calls.wakeIn(nanos == Long.MAX_VALUE ? HostCalls.NEVER : withSlack(Math.max(0, nanos)));
  }

  private long withSlack(long nanos) {
    long millis = Math.ceilDiv(nanos, 1_000_000);
    return millis + Math.min(slack.toMillis(), MOST_SLACK * millis);
  }

  /** A wake is over. */
  void endWake() {
    readable = false;
  }

  /** The same functions, which know of this descriptor too. */
  List<HostFunction> over(List<HostFunction> functions) {
    Map<String, WasmFunctionHandle> own =
        Map.of(
            "fd_read", (instance, args) -> result(read(instance, args)),
            "fd_fdstat_get", (instance, args) -> result(status(instance, (int) args[1])),
            "fd_fdstat_set_flags", (instance, args) -> result(WasiErrno.SUCCESS));
    return functions.stream()
        .map(
            function -> {
              WasmFunctionHandle here = own.get(function.name());
              return here == null ? function : either(here, function);
            })
        .toList();
  }

  private static HostFunction either(WasmFunctionHandle here, HostFunction function) {
    WasmFunctionHandle elsewhere = function.handle();
    return new HostFunction(
        function.module(),
        function.name(),
        function.functionType(),
        (instance, args) -> ((int) args[0] == NUMBER ? here : elsewhere).apply(instance, args));
  }

  /** One byte, if the guest is idle: into the first vector that has room. */
  private int read(Instance instance, long[] args) {
    int vectors = (int) args[1];
    int count = (int) args[2];
    int resultPointer = (int) args[3];
    if (!readable) {
      return WasiErrno.AGAIN;
    }
    if (count < 0
        || count > Integer.MAX_VALUE / IOVEC_BYTES
        || !GuestPointers.inside(instance, vectors, count * IOVEC_BYTES)
        || !GuestPointers.inside(instance, resultPointer, Integer.BYTES)) {
      return WasiErrno.FAULT;
    }
    for (int i = 0; i < count; i++) {
      int vector = vectors + i * IOVEC_BYTES;
      if (instance.memory().readInt(vector + 4) != 0) {
        return readByte(instance, instance.memory().readInt(vector), resultPointer);
      }
    }
    return WasiErrno.INVAL;
  }

  private int readByte(Instance instance, int pointer, int resultPointer) {
    if (!GuestPointers.inside(instance, pointer, 1)) {
      return WasiErrno.FAULT;
    }
    instance.memory().writeByte(pointer, (byte) 0);
    instance.memory().writeI32(resultPointer, 1);
    readable = false;
    return WasiErrno.SUCCESS;
  }

  private static int status(Instance instance, int pointer) {
    if (!GuestPointers.inside(instance, pointer, FDSTAT_BYTES)) {
      return WasiErrno.FAULT;
    }
    var memory = instance.memory();
    memory.fill((byte) 0, pointer, pointer + FDSTAT_BYTES);
    memory.writeByte(pointer, (byte) CHARACTER_DEVICE);
    memory.writeShort(pointer + 2, NONBLOCK);
    memory.writeLong(pointer + 8, -1L); // all rights: what is not offered fails by itself
    return WasiErrno.SUCCESS;
  }

  private static long[] result(int errno) {
    return new long[] {errno};
  }
}
