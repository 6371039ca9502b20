package io.hiberlet.agent.dist;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the scripts of the distribution as their users do. */
final class Shell {

  /** What a command printed to both its outputs, and its exit code. */
  record Outcome(int exitCode, String output) {}

  private Shell() {}

  /** A file of the source tree. */
  static Path source(String path) {
    return Path.of(System.getProperty("hiberlet.root")).resolve(path);
  }

  /** Runs a command with this environment and no other. */
  static Outcome run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("shell", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().clear();
      builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
      builder.environment().putAll(environment);
      Process process = builder.start();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running: " + command);
      return new Outcome(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }
}
