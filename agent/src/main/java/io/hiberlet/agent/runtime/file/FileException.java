package io.hiberlet.agent.runtime.file;

import java.io.IOException;

/** A file call that is refused, with the error number that its guest is told. */
public final class FileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * @param errno of {@link WasiErrno}
   */
  public FileException(int errno) {
    super("errno " + errno);
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }

  /** An answer to a guest, not a fault of the agent's: nobody looks at where it came from. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
