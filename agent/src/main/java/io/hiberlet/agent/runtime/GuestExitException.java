package io.hiberlet.agent.runtime;

/** A guest ended itself with {@code proc_exit}. */
public final class GuestExitException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public GuestExitException(int exitCode) {
    super("exited with code " + exitCode);
    this.exitCode = exitCode;
  }

  /** What it handed to {@code proc_exit}. */
  public int exitCode() {
    return exitCode;
  }
}
