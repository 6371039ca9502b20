package io.hiberlet.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A script of the folder {@code examples}, run to its end. */
final class Script {

  /**
   * How a script ended.
   *
   * @param output what it wrote to standard output and standard error
   */
  record Outcome(int exitCode, String output) {}

  private Script() {}

  /** The folder {@code examples} of this checkout. */
  static Path examples() {
    return Path.of(System.getProperty("hiberlet.root"), "examples");
  }

  /** Runs a script; one that takes longer than the limit is killed, which is a failure. */
  static Outcome run(Duration limit, String name, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(examples().resolve(name).toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("script-", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            name + " did not end within " + limit + ":\n" + Files.readString(output));
      }
      return new Outcome(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
