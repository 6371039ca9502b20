package io.hiberlet.devcluster.store;

/** The history no longer reaches back to the revision asked for. */
public final class RevisionGoneException extends Exception {
  private static final long serialVersionUID = 1L;

  RevisionGoneException(long asked, long oldest) {
    super("too old resource version: " + asked + " (" + oldest + ")");
  }
}
