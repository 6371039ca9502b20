package io.hiberlet.agent.runtime;

/** A state does not belong to the module or the limits that it was to be resumed with. */
public final class GuestStateException extends Exception {
  private static final long serialVersionUID = 1L;

  public GuestStateException(String message) {
    super(message);
  }

  public GuestStateException(String message, Throwable cause) {
    super(message, cause);
  }
}
