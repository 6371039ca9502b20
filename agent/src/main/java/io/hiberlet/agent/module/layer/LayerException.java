package io.hiberlet.agent.module.layer;

/** A layer that is not what it should be, or larger; the message says how, to a person. */
public final class LayerException extends Exception {
  private static final long serialVersionUID = 1L;

  public LayerException(String message) {
    super(message);
  }

  public LayerException(String message, Throwable cause) {
    super(message, cause);
  }
}
