package io.hiberlet.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an agent holds of its machine, when it has nothing to do.
 *
 * @param handles open files and connections
 * @param anonymousKib memory of the process that is no file, and in RAM
 * @param heapKib Java's heap without garbage
 * @param directKib buffers outside of the heap
 */
record Usage(long handles, long threads, long anonymousKib, long heapKib, long directKib) {
  private static final Usage MOST_MORE = new Usage(8, 4, 16 << 10, 2 << 10, 4 << 10);

  /**
   * Measures, when the garbage is collected.
   *
   * @param process its folder in proc(5)
   * @param metrics gives the page of its metrics
   */
  static Usage of(Path process, Metrics metrics) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Command.run(Map.of(), "", List.of(jcmd, process.getFileName().toString(), "GC.run")).orThrow();
    String page = metrics.page();
    String status = Files.readString(process.resolve("status"));
    try (var handles = Files.list(process.resolve("fd"))) {
      return new Usage(
          handles.count(),
          (long) number(status, "Threads:"),
          (long) number(status, "RssAnon:"),
          (long) (number(page, "hiberlet_heap_used_bytes") / 1024),
          (long) (number(page, "hiberlet_direct_memory_bytes") / 1024));
    }
  }

  /** The number that follows a word at the beginning of a line. */
  static double number(String page, String word) {
    Matcher line = Pattern.compile("(?m)^" + Pattern.quote(word) + "\\s+(\\S+)").matcher(page);
    if (!line.find()) {
      throw new IllegalArgumentException("no " + word + " in " + page);
    }
    return Double.parseDouble(line.group(1));
  }

  /** Whether it is not much more in any respect. */
  boolean isNearly(Usage before) {
    return handles <= before.handles + MOST_MORE.handles
        && threads <= before.threads + MOST_MORE.threads
        && anonymousKib <= before.anonymousKib + MOST_MORE.anonymousKib
        && heapKib <= before.heapKib + MOST_MORE.heapKib
        && directKib <= before.directKib + MOST_MORE.directKib;
  }

  /** A page that Prometheus reads. */
  @FunctionalInterface
  interface Metrics {
    String page() throws IOException;
  }
}
