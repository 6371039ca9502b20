package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.HostCalls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs controllers of the paper's prototype (CloudNet 2022) as they are: their calls become calls
 * of this host, and its completions calls of theirs ({@code docs/host-abi.md}). Used by the thread
 * that runs the guest.
 *
 * <p>Answers and streams are told alike, so that nothing need be remembered while the controller
 * sleeps: the head, the pieces, and an end without a value.
 */
final class Prototype implements WakeEntry {
  static final String HTTP = "http-proxy-abi";
  static final String DELAY = "delay-abi";
  static final String ALLOCATE = "allocate";
  static final String WAKEUP = "wakeup";
  static final FunctionType ALLOCATE_TYPE =
      FunctionType.of(List.of(ValType.I32), List.of(ValType.I32));
  static final FunctionType WAKEUP_TYPE =
      FunctionType.of(List.of(ValType.I64, ValType.I32, ValType.I32, ValType.I32), List.of());

  /** Anything longer is refused before it is copied. */
  private static final int MAX_REQUEST_BYTES = 1 << 20;

  private static final int STREAM = 1;
  private static final byte[] NO_BYTES = {};

  private final HostCalls calls;

  /** Operations whose head was told in this instance, and whether a piece of the body was, too. */
  private final Map<Long, Boolean> open = new HashMap<>();

  private boolean begun;

  /**
   * @param begun whether the guest's life began in another instance
   */
  Prototype(HostCalls calls, boolean begun) {
    this.calls = calls;
    this.begun = begun;
  }

  List<HostFunction> functions() {
    var requestType =
        FunctionType.of(List.of(ValType.I32, ValType.I32, ValType.I32), List.of(ValType.I64));
    return List.of(
        new HostFunction(HTTP, "request", requestType, (instance, args) -> request(instance, args)),
        new HostFunction(
            HTTP, "request_stream", requestType, (instance, args) -> request(instance, args)),
        new HostFunction(
            DELAY,
            "delay",
            FunctionType.of(List.of(ValType.I64), List.of(ValType.I64)),
            (instance, args) -> new long[] {granted(calls.timer(args[0]), "a delay")}));
  }

  private long[] request(Instance instance, long[] args) {
    int pointer = (int) args[0];
    int length = (int) args[1];
    int stream = args[2] == 0 ? 0 : STREAM;
    if (!GuestPointers.inside(instance, pointer, length)
        || Integer.compareUnsigned(length, MAX_REQUEST_BYTES) > 0) {
      throw new ChicoryException("a request is too long, or not inside of the memory");
    }
    byte[] message;
    try {
      message = PrototypeMessages.request(instance.memory().readBytes(pointer, length));
    } catch (IllegalArgumentException e) {
      throw new ChicoryException("a request cannot be read: " + e.getMessage(), e);
    }
    return new long[] {granted(calls.httpRequest(message, stream), "a request")};
  }

  /** The prototype knows no refusals. */
  private static long granted(long result, String what) {
    if (result < 0) {
      throw new ChicoryException("%s was refused with errno %d".formatted(what, -result));
    }
    return result;
  }

  @Override
  public boolean run(Instance instance) {
    if (!begun) {
      begun = true;
      instance.export(ModuleChecks.COMMAND).apply();
    }
    for (Completion next = calls.next(); next != null; next = calls.next()) {
      tell(instance, next);
    }
    return false;
  }

  private void tell(Instance instance, Completion completion) {
    long operation = completion.operation();
    switch (completion.kind()) {
      case RESPONSE_HEAD -> {
        open.put(operation, false);
        wakeup(instance, operation, PrototypeMessages.head(completion.payload()));
      }
      case BODY_CHUNK -> {
        open.replace(operation, true);
        wakeup(instance, operation, completion.payload());
      }
      case END -> end(instance, operation);
      case ERROR -> fail(instance, operation);
      case TIMER -> wakeup(instance, operation, null);
      case STOP -> throw new WasiExitException(0); // it could not be told
      case EXEC -> calls.cancel(operation);
      default -> {}
    }
  }

  /** Whoever waits for a body needs one, be it empty. */
  private void end(Instance instance, long operation) {
    if (Boolean.FALSE.equals(open.remove(operation))) {
      wakeup(instance, operation, NO_BYTES);
    }
    wakeup(instance, operation, null);
  }

  /** What has begun ends; what has not is answered as a proxy would. */
  private void fail(Instance instance, long operation) {
    if (!open.containsKey(operation)) {
      wakeup(instance, operation, PrototypeMessages.noAnswer());
      open.put(operation, false);
    }
    end(instance, operation);
  }

  /** Tells a value, or that there is none and no other comes. */
  private static void wakeup(Instance instance, long operation, byte @Nullable [] value) {
    int finished = value == null ? 1 : 0;
    int pointer = value == null ? 0 : written(instance, value);
    int length = value == null ? 0 : value.length;
    instance.export(WAKEUP).apply(operation, finished, pointer, length);
  }

  /** The guest owns it from here on. */
  private static int written(Instance instance, byte[] value) {
    int pointer = (int) instance.export(ALLOCATE).apply(value.length)[0];
    if (!GuestPointers.inside(instance, pointer, value.length)) {
      throw new ChicoryException("%s answers what is not inside of its memory".formatted(ALLOCATE));
    }
    instance.memory().write(pointer, value);
    return pointer;
  }
}
