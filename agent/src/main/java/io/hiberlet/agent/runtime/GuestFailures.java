package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.WasmException;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasm.ChicoryException;
import java.util.function.Supplier;

/** Turns everything that can come out of a guest into the two ways in which a guest ends. */
final class GuestFailures {
  private final FunctionNames names;

  GuestFailures(FunctionNames names) {
    this.names = names;
  }

  /** Runs guest code. An interrupt that ended it is consumed. */
  <T> T guard(Supplier<T> guestCode) throws GuestTrapException, GuestExitException {
    try {
      return guestCode.get();
    } catch (WasiExitException e) {
      throw new GuestExitException(e.exitCode());
    } catch (ChicoryInterruptedException e) {
      Thread.interrupted();
      throw trap("interrupted", e);
    } catch (RuntimeException e) {
      throw trap(reason(e), e);
    } catch (StackOverflowError e) {
      throw trap("call stack exhausted", e);
    } catch (OutOfMemoryError e) {
      throw trap("the host ran out of memory", e);
    }
  }

  private GuestTrapException trap(String reason, Throwable cause) {
    String where = names.blame(origin(cause)).map(name -> " in " + name).orElse("");
    return new GuestTrapException(reason + where, cause);
  }

  /** A stack overflow is wrapped where the stack is short again; the place is in the cause. */
  private static Throwable origin(Throwable thrown) {
    return thrown.getCause() instanceof StackOverflowError overflow ? overflow : thrown;
  }

  private static String reason(RuntimeException e) {
    return switch (e) {
      case WasmException uncaught -> "uncaught exception with tag " + uncaught.tagIdx();
      case ChicoryException trap when trap.getMessage() != null ->
          FunctionNames.printable(trap.getMessage());
      default -> e.getClass().getSimpleName() + ": " + e.getMessage();
    };
  }
}
