package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fresh JVM for one measurement, with the options of this one. */
final class ChildJvm {
  private ChildJvm() {}

  /**
   * Runs a class's main method and waits for its end.
   *
   * @param options for the JVM, after those of this one
   * @return the last line that it wrote to its standard output
   * @throws IOException when it failed; what it had to say is on the standard error
   */
  static JsonObject run(Class<?> main, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = process.waitFor();
    if (exitCode != 0) {
      throw new IOException(
          "%s %s ended with %d".formatted(main.getSimpleName(), arguments, exitCode));
    }
    return JsonParser.parseString(output.strip().lines().toList().getLast()).getAsJsonObject();
  }
}
