package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.Errno;
import io.hiberlet.agent.hostio.HostCalls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The import module {@code hiberlet} of one guest (docs/host-abi.md): resolves pointers and holds
 * the current event. Used by the thread that runs the guest.
 */
final class HiberletCalls {
  static final String MODULE = "hiberlet";

  /** Whoever imports it can carry out commands, and nobody else. */
  static final String EXEC_EXIT = "exec_exit";

  /** Whoever imports it has a scheduler of its own, which waits on what this answers. */
  static final String IDLE_DESCRIPTOR = "idle_descriptor";

  /** Code that blocks waits in it. */
  static final String EVENT_WAIT = "event_wait";

  /** What a call reads or writes at the most: no more than a command's buffers have. */
  private static final int MAX_STREAM_BYTES = 32 << 10;

  /** Anything longer is refused before it is copied. */
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private static final int HEADER_BYTES = 16;

  private final HostCalls calls;
  private final @Nullable Asyncify asyncify;
  private final GuestClock clock;
  private @Nullable Completion current;

  /**
   * @param asyncify null for a guest that does not block
   */
  HiberletCalls(HostCalls calls, @Nullable Asyncify asyncify, GuestClock clock) {
    this.calls = calls;
    this.asyncify = asyncify;
    this.clock = clock;
  }

  List<HostFunction> functions() {
    return List.of(
        function(
            "http_request",
            List.of(ValType.I32, ValType.I32, ValType.I32),
            ValType.I64,
            (instance, args) -> httpRequest(instance, (int) args[0], (int) args[1], (int) args[2])),
        function(
            "timer", List.of(ValType.I64), ValType.I64, (instance, args) -> calls.timer(args[0])),
        function(
            "cancel", List.of(ValType.I64), ValType.I32, (instance, args) -> calls.cancel(args[0])),
        function(
            IDLE_DESCRIPTOR, List.of(), ValType.I32, (instance, args) -> IdleDescriptor.NUMBER),
        function(
            "event_next",
            List.of(ValType.I32),
            ValType.I32,
            (instance, args) -> eventNext(instance, (int) args[0])),
        new HostFunction(
            MODULE,
            EVENT_WAIT,
            FunctionType.of(List.of(ValType.I32, ValType.I64), List.of(ValType.I32)),
            asyncify == null
                ? (instance, args) -> new long[] {Errno.NOSYS.result()}
                : new EventWait(this, asyncify, clock)),
        function(
            "event_read",
            List.of(ValType.I32),
            ValType.I32,
            (instance, args) -> eventRead(instance, (int) args[0])),
        function(
            "exec_read",
            List.of(ValType.I64, ValType.I32, ValType.I32),
            ValType.I32,
            (instance, args) -> execRead(instance, args[0], (int) args[1], (int) args[2])),
        function(
            "exec_write",
            List.of(ValType.I64, ValType.I32, ValType.I32, ValType.I32),
            ValType.I32,
            (instance, args) ->
                execWrite(instance, args[0], (int) args[1], (int) args[2], (int) args[3])),
        function(
            EXEC_EXIT,
            List.of(ValType.I64, ValType.I32),
            ValType.I32,
            (instance, args) -> calls.execExit(args[0], (int) args[1])));
  }

  /** A wake is over: the event that it read last is gone. */
  void endWake() {
    current = null;
  }

  private long httpRequest(Instance instance, int pointer, int length, int flags) {
    if (!GuestPointers.inside(instance, pointer, length)) {
      return Errno.FAULT.result();
    }
    if (Integer.compareUnsigned(length, MAX_MESSAGE_BYTES) > 0) {
      return Errno.MSGSIZE.result();
    }
    return calls.httpRequest(instance.memory().readBytes(pointer, length), flags);
  }

  private int execRead(Instance instance, long operation, int pointer, int length) {
    if (!GuestPointers.inside(instance, pointer, length)) {
      return Errno.FAULT.result();
    }
    byte[] bytes = new byte[streamBytes(length)];
    int read = calls.execRead(operation, bytes);
    if (read > 0) {
      instance.memory().write(pointer, bytes, 0, read);
    }
    return read;
  }

  private int execWrite(Instance instance, long operation, int stream, int pointer, int length) {
    if (!GuestPointers.inside(instance, pointer, length)) {
      return Errno.FAULT.result();
    }
    byte[] bytes = instance.memory().readBytes(pointer, streamBytes(length));
    return calls.execWrite(operation, stream, bytes);
  }

  /** An unsigned length, as far as one call goes. */
  private static int streamBytes(int length) {
    return length < 0 ? MAX_STREAM_BYTES : Math.min(length, MAX_STREAM_BYTES);
  }

  /** As the guest's {@code event_next}. */
  int eventNext(Instance instance, int header) {
    if (!GuestPointers.inside(instance, header, HEADER_BYTES)) {
      return Errno.FAULT.result();
    }
    current = calls.next();
    if (current == null) {
      return 0;
    }
    var memory = instance.memory();
    memory.writeLong(header, current.operation());
    memory.writeI32(header + 8, current.kind().code());
    memory.writeI32(header + 12, current.payload().length);
    return 1;
  }

  private int eventRead(Instance instance, int pointer) {
    if (current == null) {
      return Errno.NOENT.result();
    }
    byte[] payload = current.payload();
    if (!GuestPointers.inside(instance, pointer, payload.length)) {
      return Errno.FAULT.result();
    }
    if (payload.length > 0) {
      instance.memory().write(pointer, payload);
    }
    return payload.length;
  }

  @FunctionalInterface
  private interface Call {
    long apply(Instance instance, long[] args);
  }

  private static HostFunction function(
      String name, List<ValType> parameters, ValType result, Call call) {
    return new HostFunction(
        MODULE,
        name,
        FunctionType.of(parameters, List.of(result)),
        (instance, args) -> new long[] {call.apply(instance, args)});
  }
}
