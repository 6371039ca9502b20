package io.hiberlet.snapshot;

/**
 * The store could not do what it was asked for. Unchecked because almost every caller can only pass
 * it on to the place where a controller's fate is decided.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What went wrong, for those who can do something about it. */
  public Kind kind() {
    return kind;
  }

  /** The causes that call for different answers. */
  public enum Kind {
    /** Another process holds the folder. */
    LOCKED,
    /** The disk is full or over its quota. */
    FULL,
    /** Stored bytes are not what was written. */
    CORRUPT,
    /** Written by a newer version, left untouched. */
    NEWER_FORMAT,
    /** The store was closed before the call. */
    CLOSED,
    /** Anything else the disk or the system did. */
    IO
  }
}
