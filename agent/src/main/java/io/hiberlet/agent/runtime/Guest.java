package io.hiberlet.agent.runtime;

/**
 * A resident instance of a module. Used by one thread at a time; the caller sees to that. Closing
 * it drops its memory and nothing else.
 */
public interface Guest extends AutoCloseable {

  /**
   * Runs the guest until it has nothing left to do.
   *
   * @throws GuestTrapException when it trapped, ran out of a limit, or was interrupted; the
   *     instance is of no more use
   * @throws GuestExitException when it called {@code proc_exit}
   */
  void wake() throws GuestTrapException, GuestExitException;

  /** Its state between two wakes: complete, and independent of this instance. */
  GuestState capture();

  /** Bytes of linear memory, all memories together. */
  long memoryBytes();

  @Override
  void close();
}
