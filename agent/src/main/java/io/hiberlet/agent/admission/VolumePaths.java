package io.hiberlet.agent.admission;

import java.util.List;
import java.util.stream.Stream;

/** The rules for paths of volumes; what does not keep them never gets to the file system. */
public final class VolumePaths {
  private static final int MOST_CHARACTERS = 1024;
  private static final int MOST_PART_CHARACTERS = 255;

  private VolumePaths() {}

  /**
   * Whether a path names a place below a folder, whatever that is: relative, with no part that is
   * empty or {@code .} or begins with two dots, which the kubelet keeps for itself, too.
   */
  public static boolean isBelow(String path) {
    return path.length() <= MOST_CHARACTERS
        && path.chars().noneMatch(Character::isISOControl)
        && Stream.of(path.split("/", -1)).allMatch(VolumePaths::isName);
  }

  private static boolean isName(String part) {
    return !part.isEmpty()
        && !part.equals(".")
        && !part.startsWith("..")
        && part.length() <= MOST_PART_CHARACTERS;
  }

  /** A path without empty parts, such as a trailing slash makes. */
  public static String withoutEmptyParts(String path) {
    List<String> parts = Stream.of(path.split("/", -1)).filter(part -> !part.isEmpty()).toList();
    return String.join("/", parts);
  }
}
