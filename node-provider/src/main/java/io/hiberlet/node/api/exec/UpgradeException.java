package io.hiberlet.node.api.exec;

/** The connection stays HTTP, because client and server have no protocol in common. */
public final class UpgradeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status the HTTP status to answer with
   */
  UpgradeException(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
