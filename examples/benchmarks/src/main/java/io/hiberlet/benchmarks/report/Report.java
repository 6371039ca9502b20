package io.hiberlet.benchmarks.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code run report}: writes the figures of {@code docs/performance/*.json} into {@code
 * docs/performance.md} and draws the plot, so that no figure is ever typed. Argument: the folder
 * {@code docs}.
 */
public final class Report {
  private Report() {}

  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]));
  }

  static void write(Path docs) throws IOException {
    Path results = docs.resolve("performance");
    Prototype prototype = Prototype.of(read(results.resolve("prototype.json")).getAsJsonObject());
    Runs runs = read(files(results, "suspend-resume"));
    Map<String, String> sections =
        new TreeMap<>(new SuspendResumeTables(runs, prototype).sections());
    List<Path> crowds = files(results, "many-pods");
    if (!crowds.isEmpty()) {
      sections.putAll(new ManyPodsTables(read(crowds)).sections());
    }
    List<Path> logWrites = files(results, "log-writes");
    if (!logWrites.isEmpty()) {
      sections.put("log-writes", LogWritesTable.of(read(logWrites).objects()));
    }
    Path microbenchmarks = results.resolve("jmh.json");
    if (Files.exists(microbenchmarks)) {
      sections.put(
          "microbenchmarks", MicrobenchmarkTable.of(read(microbenchmarks).getAsJsonArray()));
    }
    Path page = docs.resolve("performance.md");
    Files.writeString(page, Sections.fill(Files.readString(page), sections));
    Files.writeString(
        results.resolve("suspend-resume.svg"), SuspendResumePlot.svg(runs, prototype));
  }

  /** Of several runs, in the order of their names. */
  private static List<Path> files(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(prefix + ".*\\.json"))
          .sorted()
          .toList();
    }
  }

  private static Runs read(List<Path> files) {
    return new Runs(files.stream().map(file -> read(file).getAsJsonObject()).toList());
  }

  private static JsonElement read(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
