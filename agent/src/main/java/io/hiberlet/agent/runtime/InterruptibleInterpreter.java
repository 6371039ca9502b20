package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.ExecutionListener;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.MStack;
import com.dylibso.chicory.runtime.StackFrame;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.runtime.internal.CompilerInterpreterMachine;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.Deque;

/**
 * Runs the functions of an instance that are too large for a method of the JVM. Chicory's, but for
 * two things: its frames are on the heap, so there is a limit to them; and it is interrupted in
 * every loop, by {@link #INTERRUPTIBLE}. Public as compiled classes make it ({@link
 * InterpretedFunctions}); used by the thread that runs the guest.
 */
public final class InterruptibleInterpreter extends CompilerInterpreterMachine {
  /**
   * Functions of this size initialise things or decode them, and call each other once or twice. A
   * frame may take megabytes.
   */
  private static final int MAX_FRAMES = 16;

  /** Hears of every instruction that is interpreted, and of none that is compiled. */
  static final ExecutionListener INTERRUPTIBLE =
      (instruction, stack) -> {
        if (Thread.currentThread().isInterrupted()) {
          throw new ChicoryInterruptedException("interrupted in an interpreted function");
        }
      };

  private int frames;

  /** Called by compiled classes only. */
  public InterruptibleInterpreter(Instance instance, int[] functions) {
    super(instance, functions);
  }

  @Override
  protected long[] call(
      MStack stack,
      Instance instance,
      Deque<StackFrame> callStack,
      int function,
      long[] args,
      FunctionType callType,
      boolean popResults) {
    if (frames == MAX_FRAMES) {
      throw new TrapException("call stack exhausted");
    }
    frames++;
    try {
      return super.call(stack, instance, callStack, function, args, callType, popResults);
    } finally {
      frames--;
    }
  }
}
