package io.hiberlet.node.staticpod;

/** A file describes no pod that could run here; the message says why, for the file's author. */
final class ManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  ManifestException(String message) {
    super(message);
  }

  ManifestException(String message, Throwable cause) {
    super(message, cause);
  }
}
