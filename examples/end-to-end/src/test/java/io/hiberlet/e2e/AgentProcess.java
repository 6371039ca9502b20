package io.hiberlet.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The agent of the built distribution, in a process of its own. */
final class AgentProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 30;

  private final Process process;
  private final Path log;

  private AgentProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static AgentProcess start(Path log, List<String> options) {
    return start(log, options, Map.of());
  }

  static AgentProcess start(Path log, List<String> options, Map<String, String> environment) {
    return start(log, List.of(), options, environment);
  }

  /**
   * Starts it by another command.
   *
   * @param by runs the words after it, in its own process in the end
   */
  static AgentProcess start(
      Path log, List<String> by, List<String> options, Map<String, String> environment) {
    List<String> words = new ArrayList<>(by);
    words.add(Repository.file("agent/target/hiberlet/bin/hiberlet").toString());
    words.add("agent");
    words.addAll(options);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      return new AgentProcess(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As a power cut would, but for what the kernel still writes. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** As systemd would. */
  int stop() {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  int awaitEnd() {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the agent did not end:\n" + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The most that was in physical memory since it began (proc(5), VmHWM). */
  long peakKibibytes() throws IOException {
    String status = Files.readString(process().resolve("status"));
    return Long.parseLong(status.replaceAll("(?s).*VmHWM:\\s+(\\d+) kB.*", "$1"));
  }

  /** Its folder in proc(5); what starts it replaces itself by the JVM. */
  Path process() {
    return Path.of("/proc/" + process.pid());
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
  }
}
