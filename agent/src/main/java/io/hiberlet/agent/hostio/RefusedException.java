package io.hiberlet.agent.hostio;

/** The host does not do what a guest asks. The message is for the guest's author. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  RefusedException(Errno errno, String message) {
    super(message);
    this.errno = errno;
  }

  /** What the guest's call returns. */
  Errno errno() {
    return errno;
  }
}
