package io.hiberlet.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, as a person would at a terminal. */
final class Command {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** What it said and how it ended. */
  record Result(int exitCode, String stdout, String stderr) {
    /** The output of a program that must have gone well. */
    String orThrow() {
      if (exitCode != 0) {
        throw new IllegalStateException(toString());
      }
      return stdout;
    }
  }

  private Command() {}

  static Result run(Map<String, String> env, String stdin, List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(env);
    try {
      Process process = builder.start();
      CompletableFuture<String> stdout = read(process.getInputStream());
      CompletableFuture<String> stderr = read(process.getErrorStream());
      try (OutputStream to = process.getOutputStream()) {
        to.write(stdin.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("took longer than " + LIMIT + ": " + words);
      }
      return new Result(process.exitValue(), stdout.join(), stderr.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static CompletableFuture<String> read(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                text.completeExceptionally(e);
              }
            });
    return text;
  }
}
