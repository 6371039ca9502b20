package io.hiberlet.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.FakeHost;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineInterfaceTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<AgentConfig> ran = new ArrayList<>();

  @Test
  void runsTheAgentWithWhatItWasTold() {
    assertEquals(
        0,
        execute(
            "agent",
            "--kubeconfig=/k",
            "--bootstrap-kubeconfig=/b",
            "--node-name",
            "edge-9",
            "--node-ip=192.0.2.9",
            "--port=0",
            "--data-dir=/data"));
    AgentConfig config = ran.getFirst();
    assertEquals("edge-9", config.node().name());
    assertEquals("192.0.2.9", config.node().ip().getHostAddress());
    assertEquals(0, config.node().port());
    assertEquals(Path.of("/data"), config.dataDir());
    assertEquals(Path.of("/k"), config.kubeconfig());
    assertEquals(Optional.of(Path.of("/b")), config.bootstrapKubeconfig());
    assertEquals("", err.toString());
  }

  @Test
  void theRunnersExitCodeIsTheProcesss() {
    assertEquals(3, execute(config -> 3, "agent", "--kubeconfig=/k"));
  }

  @Test
  void aFailureIsOneLineAndExitCodeOne() {
    AgentRunner failing =
        config -> {
          throw new IllegalStateException("the folder\n  is gone");
        };
    assertEquals(1, execute(failing, "agent", "--kubeconfig=/k"));
    assertEquals("hiberlet: the folder is gone\n", err.toString());
  }

  @Test
  void aWrongConfigurationIsOneLineAndExitCodeTwo(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("agent.yaml"), "node:\n  nmae: x\n");
    assertEquals(2, execute("agent", "--kubeconfig=/k", "--config", file.toString()));
    assertEquals(
        "hiberlet: %s:2: unknown key 'node.nmae'; did you mean 'node.name'?%n".formatted(file),
        err.toString());
    assertTrue(ran.isEmpty());
  }

  @Test
  void wrongOptionsAreOneLineAndExitCodeTwo() {
    assertUsageError("Missing command. Try 'hiberlet --help'.");
    assertUsageError(
        "Unmatched argument at index 0: 'agnet' (did you mean agent?). Try 'hiberlet" + " --help'.",
        "agnet");
    assertUsageError(
        "Unknown option: '--nodename=x' (did you mean --node-name?). Try 'hiberlet agent --help'.",
        "agent",
        "--nodename=x");
    assertUsageError(
        "Invalid value for option '--port': 'x' is not a port. Try 'hiberlet agent --help'.",
        "agent",
        "--port=x");
    assertUsageError(
        "Invalid value for option '--node-ip': 'edge.lan' is not an IP address."
            + " Try 'hiberlet agent --help'.",
        "agent",
        "--node-ip=edge.lan");
  }

  @Test
  void helpAndVersionGoToTheOutput() {
    assertEquals(0, execute("--version"));
    assertTrue(
        out.toString().matches("(?s)hiberlet \\d+\\.\\d+\\.\\d+.*Java 25.*"), out.toString());
    assertEquals(0, execute("--help"));
    assertTrue(out.toString().contains("Usage: hiberlet"), out.toString());
    assertEquals(0, execute("agent", "--help"));
    for (String option :
        List.of(
            "--kubeconfig",
            "--bootstrap-kubeconfig",
            "--config",
            "--node-name",
            "--node-ip",
            "--port",
            "--data-dir")) {
      assertTrue(out.toString().contains(option), option);
    }
    assertEquals("", err.toString());
  }

  private void assertUsageError(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertEquals(2, execute(arguments));
    assertEquals("hiberlet: " + message + "\n", err.toString());
    assertTrue(ran.isEmpty());
  }

  private int execute(String... arguments) {
    return execute(
        config -> {
          ran.add(config);
          return 0;
        },
        arguments);
  }

  private int execute(AgentRunner runner, String... arguments) {
    return CommandLineInterface.execute(
        arguments,
        runner,
        run -> {
          throw new AssertionError("no controller");
        },
        new FakeHost(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
