package io.hiberlet.agent.admission;

/** A pod that this node will not run. Reason and message become the pod's status. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public RefusedException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** A CamelCase word. */
  public String reason() {
    return reason;
  }
}
