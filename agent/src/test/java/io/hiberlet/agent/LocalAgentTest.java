package io.hiberlet.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.cli.ControllerRunner.LocalRun;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.AgentConfigFile;
import io.hiberlet.agent.config.LocalHost;
import io.hiberlet.agent.config.Overrides;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.runtime.TestModules;
import io.hiberlet.devcluster.DevCluster;
import io.hiberlet.devcluster.DevClusterOptions;
import io.hiberlet.node.client.KubeconfigException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code hiberlet run}: real guests, and the development cluster where one is asked. */
@Timeout(180)
class LocalAgentTest {
  private static final CompletableFuture<Void> NEVER = new CompletableFuture<>();

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Runnable whenItLogs = () -> {};

  @Test
  void aControllerAsksAsTheKubeconfigsUserAndSleepsAfterEachWake() throws Exception {
    try (DevCluster cluster = DevCluster.start(DevClusterOptions.in(folder))) {
      Path kubeconfig = cluster.adminKubeconfig();
      assertEquals(7, run("asker", kubeconfig, true, NEVER));
      assertEquals(3, count(out, "HTTP/1.1 200 OK\r\n"), out.toString(UTF_8));
      assertEquals(3, count(err, "asked\n"), err.toString(UTF_8));
      long sleeps = count(err, "hiberlet: asleep after ");
      assertTrue(sleeps >= 4, err.toString(UTF_8));
      assertEquals(sleeps, count(err, "hiberlet: awake\n") - 1, "and at last it ended");
      assertTrue(err.toString(UTF_8).endsWith("hiberlet: it ended with exit code 7 (Error)\n"));

      err.reset();
      assertEquals(7, run("asker", kubeconfig, false, NEVER));
      assertEquals(0, count(err, "asleep"), err.toString(UTF_8));
    }
  }

  @Test
  void whoIsToldToStopEndsAsItLikes() throws Exception {
    try (DevCluster cluster = DevCluster.start(DevClusterOptions.in(folder))) {
      CompletableFuture<Void> stop = new CompletableFuture<>();
      whenItLogs = () -> stop.complete(null);
      assertEquals(5, run("asker", cluster.adminKubeconfig(), true, stop), err.toString(UTF_8));
    }
  }

  @Test
  void aCommandNeedsNoApiServer() throws Exception {
    assertEquals(0, run("command", folder.resolve("none"), true, NEVER));
    assertEquals("hello\n", out.toString(UTF_8));
    assertEquals("hiberlet: awake\n", err.toString(UTF_8));
  }

  @Test
  void whatCannotBeRunIsSaidInANodesWords() {
    var refused =
        assertThrows(
            ModuleRefusedException.class,
            () -> run("refused/no-wake", folder.resolve("none"), true, NEVER));
    assertEquals(
        "exports no function named \"hiberlet_wake\", nor \"_start\" as a command does",
        refused.getMessage());
    var missing =
        assertThrows(
            KubeconfigException.class, () -> run("asker", folder.resolve("none"), true, NEVER));
    assertTrue(missing.getMessage().endsWith("none: there is no such file"));
  }

  private int run(String module, Path kubeconfig, boolean hibernates, CompletableFuture<Void> stop)
      throws Exception {
    LocalRun run =
        new LocalRun(
            TestModules.bytes(module),
            node(kubeconfig),
            new GuestSettings(List.of(module), Map.of()),
            List.of(),
            4 << 20,
            hibernates,
            true,
            Duration.ofSeconds(10));
    TerminalLog log = new TerminalLog(new PrintStream(out, true, UTF_8), listening(err), false);
    try (LocalAgent agent = LocalAgent.start(run, log)) {
      return agent.awaitEnd(stop);
    }
  }

  private PrintStream listening(ByteArrayOutputStream to) {
    return new PrintStream(to, true, UTF_8) {
      @Override
      public void write(byte[] bytes, int offset, int length) {
        super.write(bytes, offset, length);
        whenItLogs.run();
      }
    };
  }

  private AgentConfig node(Path kubeconfig) throws Exception {
    return AgentConfigFile.load(
        Optional.empty(),
        new Overrides(kubeconfig, null, "local", folder, InetAddress.getLoopbackAddress(), 0),
        new LocalHost());
  }

  private static long count(ByteArrayOutputStream log, String text) {
    return log.toString(UTF_8).split(Pattern.quote(text), -1).length - 1L;
  }
}
