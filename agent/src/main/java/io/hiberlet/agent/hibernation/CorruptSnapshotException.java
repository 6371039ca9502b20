package io.hiberlet.agent.hibernation;

import java.io.IOException;

/** A snapshot is there, but its bytes are not what was written, or are of a newer version. */
public final class CorruptSnapshotException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorruptSnapshotException(String message) {
    super(message);
  }

  public CorruptSnapshotException(String message, Throwable cause) {
    super(message, cause);
  }
}
