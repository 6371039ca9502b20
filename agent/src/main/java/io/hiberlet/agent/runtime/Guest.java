package io.hiberlet.agent.runtime;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A resident instance of a module. Used by one thread at a time; the caller sees to that. Closing
 * it drops its memory and nothing else.
 */
public interface Guest extends AutoCloseable {

  /**
   * Runs the guest until it has nothing left to do; a command to its end, which is an exit.
   *
   * @throws GuestTrapException when it trapped, ran out of a limit, or was interrupted; the
   *     instance is of no more use
   * @throws GuestExitException when it called {@code proc_exit}, or is a command that is over
   */
  void wake() throws GuestTrapException, GuestExitException;

  /**
   * Its state between two wakes, with the pages written since it was started or resumed, or since
   * {@link #stored}. The pages are the guest's own and change when it is woken again: use them
   * before.
   */
  GuestState capture();

  /**
   * What was captured last is on the disk: the next capture has the pages written from now on. Must
   * follow the capture without a wake between.
   */
  void stored();

  /** Whether it carries out commands. */
  boolean handlesExec();

  /**
   * Has it take room for what it comes to hold during wakes. When there is none, the wake fails
   * with {@link GuestCrowdedOutException}.
   */
  void takeRoomFrom(RoomToGrow provider);

  /** Bytes of linear memory, all memories together. */
  long memoryBytes();

  /** About how many bytes of the heap it holds: what it does not share with its module. */
  long heldBytes();

  /** Writes its first memory, from the first byte to the last. Blocks while the stream does. */
  void writeMemory(OutputStream to) throws IOException;

  /**
   * Closes it and leaves the arrays of its pages to guests that are resumed. Nothing that was
   * captured of it may be looked at any more.
   */
  void release(SparePages spare);

  @Override
  void close();
}
