package io.hiberlet.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.cli.ControllerRunner.LocalRun;
import io.hiberlet.agent.config.FakeHost;
import io.hiberlet.agent.runtime.file.GuestMount;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code hiberlet run} makes of its options. */
class RunCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<LocalRun> ran = new ArrayList<>();
  private Path module;

  @BeforeEach
  void write() throws IOException {
    module = Files.write(folder.resolve("ring.wasm"), new byte[] {1, 2, 3});
  }

  @Test
  void whatIsNotSaidIsAsOnANode() {
    assertEquals(4, run(module.toString(), "--kubeconfig=/k"));
    LocalRun run = ran.getFirst();
    assertEquals(3, run.wasm().length);
    assertEquals(Path.of("/k"), run.node().kubeconfig());
    assertEquals(List.of("ring"), run.settings().args());
    assertEquals(Map.of(), run.settings().env());
    assertEquals(64 << 20, run.memoryLimitBytes());
    assertTrue(run.hibernates());
    assertFalse(run.verbose());
    assertEquals(Duration.ofSeconds(10), run.grace());
  }

  @Test
  void whatIsSaidIsDone() {
    run(
        module.toString(),
        "--namespace=edge",
        "-e",
        "A=1=2",
        "--env=B=",
        "--arg",
        "program",
        "--arg=-x",
        "--memory=1Mi",
        "--no-hibernate",
        "-v",
        "--grace=1m",
        "--volume=" + folder + ":/data//in/:ro");
    LocalRun run = ran.getFirst();
    assertEquals(Map.of("NAMESPACE", "edge", "A", "1=2", "B", ""), run.settings().env());
    assertEquals(List.of("program", "-x"), run.settings().args());
    assertEquals(1 << 20, run.memoryLimitBytes());
    assertFalse(run.hibernates());
    assertTrue(run.verbose());
    assertEquals(Duration.ofMinutes(1), run.grace());
    GuestMount mount = run.mounts().getFirst();
    assertEquals("/data/in", mount.path());
    assertTrue(mount.readOnly());
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    assertUsage(
        "Invalid value for option '--volume' (PATH:MOUNT[:ro]): '/tmp' is not PATH:MOUNT[:ro] with"
            + " an absolute MOUNT below /. Try 'hiberlet run --help'.",
        "--volume=/tmp");
    assertUsage(
        "Invalid value for option '--volume' (PATH:MOUNT[:ro]): there is no '/nowhere'. Try"
            + " 'hiberlet run --help'.",
        "--volume=/nowhere:/data");
    assertUsage(
        "Invalid value for option '--volume' (PATH:MOUNT[:ro]): '/a/../b' is no path to mount at."
            + " Try 'hiberlet run --help'.",
        "--volume=/tmp:/a/../b");
    assertUsage(
        "Two volumes have the same mount. Try 'hiberlet run --help'.",
        "--volume=/tmp:/a",
        "--volume=/:/a");
    assertUsage(
        "Invalid value for option '--grace': 'soon' is not a time span such as 10s or 5m. Try"
            + " 'hiberlet run --help'.",
        "--grace=soon");
  }

  private void assertUsage(String message, String... arguments) {
    err.getBuffer().setLength(0);
    String[] all =
        Stream.concat(Stream.of(module.toString()), Stream.of(arguments)).toArray(String[]::new);
    assertEquals(2, run(all));
    assertEquals("hiberlet: " + message + "\n", err.toString());
    assertTrue(ran.isEmpty());
  }

  private int run(String... arguments) {
    String[] all = Stream.concat(Stream.of("run"), Stream.of(arguments)).toArray(String[]::new);
    return CommandLineInterface.execute(
        all,
        config -> {
          throw new AssertionError("no agent");
        },
        run -> {
          ran.add(run);
          return 4;
        },
        new FakeHost(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
