package io.hiberlet.node.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one container's log.
 *
 * <pre>
 * 3.log.7   the oldest file of run 3 that is kept
 * 3.log.8
 * 3.log     the one written last
 * </pre>
 *
 * A run is a restart of the container, counted from zero. Segments are counted from zero in every
 * run; rotation renames a run's {@code .log} to the number of its segment.
 */
final class LogFiles {

  private static final Pattern NAME = Pattern.compile("(\\d{1,9})\\.log(?:\\.(\\d{1,9}))?");

  private LogFiles() {}

  static Path active(Path dir, int run) {
    return dir.resolve(run + ".log");
  }

  static Path rotated(Path dir, int run, int segment) {
    return dir.resolve(run + ".log." + segment);
  }

  /** Every run of which a file is there, with its files from the oldest to the newest. */
  static NavigableMap<Integer, List<Path>> runs(Path dir) throws IOException {
    NavigableMap<Integer, TreeMap<Integer, Path>> found = new TreeMap<>();
    if (Files.isDirectory(dir)) {
      try (var entries = Files.newDirectoryStream(dir)) {
        for (Path entry : entries) {
          Matcher name = NAME.matcher(entry.getFileName().toString());
          if (name.matches()) {
            int segment = name.group(2) == null ? Integer.MAX_VALUE : number(name.group(2));
            found
                .computeIfAbsent(number(name.group(1)), run -> new TreeMap<>())
                .put(segment, entry);
          }
        }
      }
    }
    NavigableMap<Integer, List<Path>> runs = new TreeMap<>();
    found.forEach((run, segments) -> runs.put(run, new ArrayList<>(segments.values())));
    return runs;
  }

  /** The numbers of a run's rotated segments, ascending. */
  static List<Integer> rotatedSegments(Path dir, int run) throws IOException {
    return runs(dir).getOrDefault(run, List.of()).stream()
        .map(path -> NAME.matcher(path.getFileName().toString()))
        .filter(name -> name.matches() && name.group(2) != null)
        .map(name -> number(name.group(2)))
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }
}
