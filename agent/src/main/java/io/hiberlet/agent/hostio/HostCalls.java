package io.hiberlet.agent.hostio;

import org.jspecify.annotations.Nullable;

/**
 * What a guest may ask of its host: the functions of the import module {@code hiberlet} as {@code
 * docs/host-abi.md} specifies them, pointers resolved. No call blocks. Called by the thread that
 * runs the guest and by no other.
 */
public interface HostCalls {
  /** For {@link #wakeIn}: as long as nothing else happens. */
  long NEVER = -1;

  /**
   * Starts an HTTP request.
   *
   * @param message an HTTP/1.1 request (RFC 9112); not kept
   * @return the operation's id, above 0, or a negative {@link Errno}
   */
  long httpRequest(byte[] message, int flags);

  /** Starts a timer; the operation's id, or a negative {@link Errno}. */
  long timer(long millis);

  /**
   * Has the guest woken after this time, whatever else happens, in the place of what was said
   * before. It is told so by a timer with the number 0.
   *
   * @param millis not negative, or {@link #NEVER}; a year if it is more
   */
  void wakeIn(long millis);

  /** Forgets an operation: nothing more is heard of it. 0, or a negative {@link Errno}. */
  int cancel(long operation);

  /**
   * Reads a command's input.
   *
   * @return how many bytes were read, 0 at the end of the input, or a negative {@link Errno}
   */
  int execRead(long operation, byte[] into);

  /**
   * Writes to a stream of a command: 1 is its output, 2 its errors.
   *
   * @param bytes not kept
   * @return how many were taken, or a negative {@link Errno}
   */
  int execWrite(long operation, int stream, byte[] bytes);

  /** Ends a command with an exit code. 0, or a negative {@link Errno}. */
  int execExit(long operation, int code);

  /** Takes the next completion, null when none waits. */
  @Nullable Completion next();
}
