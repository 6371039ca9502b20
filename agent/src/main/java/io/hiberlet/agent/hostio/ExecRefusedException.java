package io.hiberlet.agent.hostio;

/** A command that a guest does not get; the message is a sentence for whoever gave it. */
public final class ExecRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  public ExecRefusedException(String message) {
    super(message);
  }
}
