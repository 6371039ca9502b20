package io.hiberlet.agent.runtime;

import java.util.function.Supplier;

/** Makes a refusal of whatever a hostile module provokes in the code that looks at it. */
final class Refusal {
  private Refusal() {}

  /**
   * Runs a step that reads nothing but the module, so that every failure is the module's: errors of
   * the virtual machine included, because bytes can ask for more stack, memory or class file than
   * there is.
   */
  static <T> T onFailure(String what, Supplier<T> step) throws ModuleRefusedException {
    try {
      return step.get();
    } catch (StackOverflowError e) {
      throw new ModuleRefusedException(what + ": it is nested too deeply", e);
    } catch (OutOfMemoryError e) {
      throw new ModuleRefusedException(what + ": it takes more memory than this host has", e);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw new ModuleRefusedException(what + ": " + reason(e), e);
    }
  }

  private static String reason(Throwable thrown) {
    String message = thrown.getMessage();
    return FunctionNames.printable(message == null ? thrown.getClass().getSimpleName() : message);
  }
}
