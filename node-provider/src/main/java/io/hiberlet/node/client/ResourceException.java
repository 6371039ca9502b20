package io.hiberlet.node.client;

/** Why something that a pod needs could not be had from the API server. */
public final class ResourceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a caller may want to do about it. */
  public enum Reason {
    /** It does not exist; waiting for it may help. */
    NOT_FOUND,
    /** This node may not have it; only a change of the pod or of permissions helps. */
    FORBIDDEN,
    /** The server is away, overloaded or at odds with the request; trying again may help. */
    UNAVAILABLE
  }

  private final Reason reason;

  ResourceException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
