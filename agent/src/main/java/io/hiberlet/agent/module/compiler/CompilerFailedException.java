package io.hiberlet.agent.module.compiler;

/**
 * A module was not compiled, and nobody can say that it is the module's fault: the compiler was
 * killed, crashed, or could not be started. Trying again may help. The message is for the user.
 */
public final class CompilerFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  public CompilerFailedException(String message) {
    super(message);
  }

  public CompilerFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
