package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * The example controllers in Go. Their modules are too large to be committed: they are built where
 * Go and client-go are, which takes a second when nothing changed.
 */
final class GoModules {
  private static final String SCRIPT = "build/go.sh";
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);
  private static final int NO_TOOLCHAIN = 2;

  /** Half a minute of computing, which others on the machine may stretch. */
  private static final Duration COMPILE_LIMIT = Duration.ofMinutes(5);

  private GoModules() {}

  /** Builds the controller of an example, or skips the test, with the reason, where nothing can. */
  static Path build(String example) {
    Script.Outcome toolchain = toolchain();
    assumeTrue(
        toolchain.exitCode() != NO_TOOLCHAIN,
        () -> "Skipped, there is no controller in Go: " + toolchain.output());
    return module(example);
  }

  /** Whether {@link #build} would skip nothing. */
  static boolean canBeBuilt() {
    return toolchain().exitCode() != NO_TOOLCHAIN;
  }

  /** Waits until a node has compiled what the pods of a namespace run, and they are ready. */
  static void awaitReady(Kubectl kubectl, String namespace) {
    await("the pods of " + namespace)
        .atMost(COMPILE_LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertEquals("", unready(kubectl, namespace)));
  }

  private static String unready(Kubectl kubectl, String namespace) {
    return kubectl
        .get(
            "get",
            "pods",
            "-n",
            namespace,
            "-o",
            "jsonpath={range .items[*]}{range .status.conditions[?(@.type==\"Ready\")]}"
                + "{.status}{end} {.metadata.name}{\"\\n\"}{end}")
        .lines()
        .filter(pod -> !pod.startsWith("True "))
        .collect(Collectors.joining(", "));
  }

  private static Path module(String example) {
    Script.Outcome built = run(BUILD_LIMIT);
    assertEquals(0, built.exitCode(), built.output());
    return Script.examples().resolve("%s/go/%s.wasm".formatted(example, example));
  }

  private static Script.Outcome toolchain() {
    return run(Duration.ofSeconds(30), "--toolchain");
  }

  private static Script.Outcome run(Duration limit, String... arguments) {
    try {
      return Script.run(limit, SCRIPT, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
