package io.hiberlet.agent;

import io.hiberlet.agent.cli.CommandLineInterface;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.LocalHost;
import io.hiberlet.agent.service.Machine;
import io.hiberlet.agent.service.ServiceManager;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The program. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(CommandLineInterface.execute(arguments, Main::runAgent, new LocalHost(), out, err));
  }

  /** Runs until SIGTERM or SIGINT. */
  private static int runAgent(AgentConfig config) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    try (Agent agent = Agent.start(config);
        ServiceManager manager = ServiceManager.of(System.getenv(), agent::isHealthy)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(stop, exitCode), "stop"));
      manager.ready(
          "node %s, kubelet API on port %d".formatted(config.node().name(), agent.apiPort()));
      stop.await();
      manager.stopping("putting controllers to sleep");
      if (Machine.ofSystemd().isGoingDown()) {
        agent.prepareShutdown();
      }
    } catch (Exception e) {
      exitCode.complete(1);
      throw e;
    }
    exitCode.complete(0);
    return 0;
  }

  /**
   * Runs when the JVM is told to end. By itself it would end with 143 after its hooks; an agent
   * that stopped as told ends with 0.
   */
  private static void endWith(CountDownLatch stop, CompletableFuture<Integer> exitCode) {
    stop.countDown();
    Runtime.getRuntime().halt(exitCode.join());
  }
}
