package io.hiberlet.snapshot;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Runs a {@link Victim} and kills it. */
final class VictimProcess {

  private final Path folder;
  private final long seed;
  private final Map<String, String> environment;

  /**
   * @param environment added to this process' own
   */
  VictimProcess(Path folder, long seed, Map<String, String> environment) {
    this.folder = folder;
    this.seed = seed;
    this.environment = environment;
  }

  /**
   * Lets it write so many batches, and kills it while it writes on.
   *
   * @return by writer, the last batch that it acknowledged, or 0
   */
  long[] runAndKill(int batches) throws IOException, InterruptedException {
    Process process = start();
    long[] acknowledged = new long[Victim.WRITERS];
    try (BufferedReader lines = process.inputReader()) {
      int read = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 2);
        acknowledged[Integer.parseInt(words[0])] = Long.parseLong(words[1]);
        if (++read == batches) {
          // Through the handle: the process itself would throw away what it wrote until then.
          process.toHandle().destroyForcibly();
        }
      }
      assertTrue(read >= batches, "the victim ended by itself");
    } finally {
      process.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  /** The process; the caller ends it. */
  Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    return builder.start();
  }
}
