package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmException;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

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
    } catch (NoRoomException e) {
      throw new GuestCrowdedOutException(e);
    } catch (RuntimeException e) {
      throw trap(reason(e), e);
    } catch (StackOverflowError e) {
      throw trap("call stack exhausted", e);
    } catch (OutOfMemoryError e) {
      throw trap("the host ran out of memory", e);
    }
  }

  /**
   * Runs code of an instance that is there. What it fails with after its memory was refused to grow
   * is told as that.
   */
  <T> T guard(Instance instance, Supplier<T> guestCode)
      throws GuestTrapException, GuestExitException {
    CopyOnWriteMemory.all(instance).forEach(CopyOnWriteMemory::forgetRefusal);
    try {
      return guard(guestCode);
    } catch (GuestCrowdedOutException e) {
      throw e;
    } catch (GuestTrapException e) {
      throw isStarved(instance) ? starved(instance, e) : e;
    } catch (GuestExitException e) {
      if (e.exitCode() != 0 && isStarved(instance)) {
        throw starved(instance, e);
      }
      throw e;
    }
  }

  /** A refusal by a maximum of the module's own is the module's affair. */
  private static boolean isStarved(Instance instance) {
    List<MemoryLimits> declared = DeclarationChecks.memories(instance.module());
    return IntStream.range(0, declared.size())
        .filter(index -> ((CopyOnWriteMemory) instance.memory(index)).refusedToGrow())
        .anyMatch(
            index -> instance.memory(index).maximumPages() < declared.get(index).maximumPages());
  }

  private static GuestOutOfMemoryException starved(Instance instance, Exception end) {
    long bytes =
        CopyOnWriteMemory.all(instance)
            .mapToLong(memory -> (long) memory.pages() * Memory.PAGE_SIZE)
            .sum();
    return new GuestOutOfMemoryException(
        "memory.grow was refused at %d bytes, for the memory limit; then: %s"
            .formatted(bytes, end.getMessage()),
        end);
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
