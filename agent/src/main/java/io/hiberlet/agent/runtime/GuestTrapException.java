package io.hiberlet.agent.runtime;

/** A guest trapped. The message is for the pod's status and says what happened and where. */
public class GuestTrapException extends Exception {
  private static final long serialVersionUID = 1L;

  public GuestTrapException(String message) {
    super(message);
  }

  public GuestTrapException(String message, Throwable cause) {
    super(message, cause);
  }
}
