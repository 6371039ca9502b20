package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A kubectl that goes on in the background: {@code logs -f}, {@code attach}, {@code get -w}. */
final class Following implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Path output;

  private Following(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static Following logs(Kubectl kubectl, String namespace, String pod) {
    return start(kubectl, "kubectl", "logs", "-f", "-n", namespace, pod);
  }

  static Following attached(Kubectl kubectl, String namespace, String pod) {
    return start(kubectl, "kubectl", "attach", "-n", namespace, pod);
  }

  /** A command of another kind that goes on. */
  static Following start(Kubectl kubectl, String... command) {
    try {
      Path output = Files.createTempFile(Path.of("target").toAbsolutePath(), "follow-", ".log");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("KUBECONFIG", kubectl.kubeconfig().toString());
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      return new Following(process, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitLine(String part) {
    awaitLine(part, 1);
  }

  /** Waits until so many lines contain a text. */
  void awaitLine(String part, int times) {
    await(times + " × " + part).atMost(PATIENCE).until(() -> count(part) >= times);
  }

  /** Whether a line contains a text now. */
  boolean shows(String part) throws IOException {
    return count(part) > 0;
  }

  private long count(String part) throws IOException {
    return Files.readString(output).lines().filter(line -> line.contains(part)).count();
  }

  /** Waits until kubectl ends by itself. */
  void awaitEnd() {
    await("the end").atMost(PATIENCE).until(() -> !process.isAlive());
  }

  @Override
  public void close() {
    process.destroy();
  }
}
