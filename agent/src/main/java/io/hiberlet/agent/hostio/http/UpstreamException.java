package io.hiberlet.agent.hostio.http;

/** An exchange ended without a whole answer. The message is a sentence for the guest's author. */
public final class UpstreamException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of end it was. */
  public enum Reason {
    /** There is no connection, or it broke; the request may or may not have been carried out. */
    CONNECTION,
    /** Nothing was heard for too long. */
    TIMEOUT,
    /** The answer is larger than this host takes. */
    TOO_LARGE
  }

  private final Reason reason;
  private final String sentence;

  public UpstreamException(Reason reason, String message) {
    super(message);
    this.reason = reason;
    this.sentence = message;
  }

  public UpstreamException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.sentence = message;
  }

  /** The message, which is always there. */
  public String sentence() {
    return sentence;
  }

  /** What kind of end it was. */
  public Reason reason() {
    return reason;
  }
}
