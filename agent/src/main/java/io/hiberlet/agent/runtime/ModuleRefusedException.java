package io.hiberlet.agent.runtime;

/**
 * Bytes that are not a module which this host can run. The message is for the pod's status and says
 * why; trying again with the same bytes will not help.
 */
public final class ModuleRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  public ModuleRefusedException(String message) {
    super(message);
  }

  public ModuleRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
