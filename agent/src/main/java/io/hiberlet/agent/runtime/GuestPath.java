package io.hiberlet.agent.runtime;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths as guests give them. */
final class GuestPath {
  private GuestPath() {}

  /** Why a path leads nowhere. */
  static final class EscapeException extends Exception {
    private static final long serialVersionUID = 1L;

    EscapeException() {
      super("the path leaves its folder", null, false, false);
    }
  }

  /**
   * The absolute path that a relative one means.
   *
   * @param folder absolute
   * @throws EscapeException when it leaves the folder, be it for a moment, or is absolute
   */
  static String resolve(String folder, String relative) throws EscapeException {
    if (relative.startsWith("/")) {
      throw new EscapeException();
    }
    Deque<String> parts = new ArrayDeque<>();
    for (String part : relative.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (parts.pollLast() == null) {
            throw new EscapeException();
          }
        }
        default -> parts.addLast(part);
      }
    }
    String below = String.join("/", parts);
    return below.isEmpty() ? folder : FileTree.child(folder, below);
  }
}
