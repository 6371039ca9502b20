package io.hiberlet.agent.hostio;

/**
 * Told that something happened to a controller's operations. Called by any thread, possibly by
 * several at once; must not block.
 */
public interface OperationsListener {

  /** A completion waits where none waited before. May be told more often than that, never less. */
  void completionsWaiting();

  /**
   * A watch's position moved although the guest has nothing to read: worth storing when convenient,
   * so that a later start need not go back so far.
   */
  void positionMoved(long operation, String resourceVersion);
}
