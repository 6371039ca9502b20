package io.hiberlet.node.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A container's log whose files were written by hand: the run before, and three files of the run
 * that goes on, a line a second.
 */
record LogTruth(List<Line> previous, List<Line> current) {

  /** A line as it was printed. */
  record Line(Instant time, String stream, String text) {
    /** As {@code kubectl logs --timestamps} shows it. */
    String stamped() {
      return stamp() + " " + text;
    }

    private String stamp() {
      return time.toString().replace("Z", ".000000007Z");
    }
  }

  private static final Instant BEGAN = Instant.parse("2020-02-03T10:00:00Z");
  private static final int LINES = 30;

  /** Longer lines are in parts, as container runtimes write them. */
  private static final int PART = 16;

  /** Writes the files. */
  static LogTruth write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Line> previous = List.of(new Line(BEGAN.minusSeconds(60), "stdout", "of the run before"));
    Files.writeString(folder.resolve("0.log"), records(previous));
    List<Line> current = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      String text = "line " + i + " and on".repeat(i % 7);
      current.add(new Line(BEGAN.plusSeconds(i), i % 3 == 0 ? "stderr" : "stdout", text));
    }
    Files.writeString(folder.resolve("1.log.4"), records(current.subList(0, 10)));
    Files.writeString(folder.resolve("1.log.5"), records(current.subList(10, 25)));
    Files.writeString(folder.resolve("1.log"), records(current.subList(25, LINES)));
    return new LogTruth(previous, current);
  }

  /** The last lines. */
  List<Line> last(int lines) {
    return current.subList(LINES - lines, LINES);
  }

  /** Those from a moment on. */
  List<Line> since(Instant time) {
    return current.stream().filter(line -> !line.time().isBefore(time)).toList();
  }

  private static String records(List<Line> lines) {
    StringBuilder records = new StringBuilder();
    for (Line line : lines) {
      String head = line.stamp() + " " + line.stream();
      String rest = line.text();
      while (rest.length() > PART) {
        records.append(head).append(" P ").append(rest, 0, PART).append('\n');
        rest = rest.substring(PART);
      }
      records.append(head).append(" F ").append(rest).append('\n');
    }
    return records.toString();
  }
}
