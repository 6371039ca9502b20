package io.hiberlet.agent.runtime.file;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A path that a guest gave.
 *
 * @param path what it means: absolute, without {@code .}, {@code ..} and empty parts
 * @param isFolder whether it can only mean a folder, as it ends with a slash
 */
public record GuestPath(String path, boolean isFolder) {

  /**
   * Reads a relative path.
   *
   * @param folder absolute
   * @throws FileException with {@code NOTCAPABLE} when it leaves the folder, be it for a moment, or
   *     is absolute; with {@code NOENT} when it is empty
   */
  public static GuestPath resolve(String folder, String relative) throws FileException {
    if (relative.isEmpty()) {
      throw new FileException(WasiErrno.NOENT);
    }
    if (relative.startsWith("/")) {
      throw new FileException(WasiErrno.NOTCAPABLE);
    }
    Deque<String> parts = new ArrayDeque<>();
    for (String part : relative.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (parts.pollLast() == null) {
            throw new FileException(WasiErrno.NOTCAPABLE);
          }
        }
        default -> parts.addLast(part);
      }
    }
    String below = String.join("/", parts);
    return new GuestPath(
        below.isEmpty() ? folder : FileTree.child(folder, below), relative.endsWith("/"));
  }
}
