package io.hiberlet.agent.runtime;

/**
 * A guest failed after its memory was not allowed to grow: the last {@code memory.grow} of the same
 * wake was refused for the pod's limit.
 */
public final class GuestOutOfMemoryException extends GuestTrapException {
  private static final long serialVersionUID = 1L;

  public GuestOutOfMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
