package io.hiberlet.agent.module.registry;

import java.io.IOException;

/** A registry did not give what it was asked for; the message says why, to a person. */
public final class RegistryException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What went wrong, as far as it matters for what to do next. */
  public enum Kind {
    /** It wants other credentials. */
    DENIED,
    /** It has no such image. */
    NOT_FOUND,
    /** It gave something else than it should have. */
    INVALID,
    /** It cannot be reached, or cannot answer now. */
    UNAVAILABLE
  }

  public RegistryException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public RegistryException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
