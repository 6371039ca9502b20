package io.hiberlet.benchmarks.crowd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Other programs, with this process's environment but for what made it a benchmark. */
final class Program {
  private Program() {}

  /**
   * Runs one to its end.
   *
   * @return what it wrote
   * @throws IllegalStateException when it failed, with what it wrote
   */
  static String run(Map<String, String> environment, List<String> words) {
    try {
      Process process = builder(environment, words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("%s failed:%n%s".formatted(words, said));
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts one that goes on, and writes into a file. */
  static Process start(Path output, List<String> words) {
    try {
      return builder(Map.of(), words)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ProcessBuilder builder(Map<String, String> environment, List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().keySet().removeIf(name -> name.startsWith("HIBERLET_"));
    builder.environment().putAll(environment);
    return builder;
  }
}
