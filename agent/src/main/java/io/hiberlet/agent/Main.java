package io.hiberlet.agent;

import io.hiberlet.agent.cli.CommandLineInterface;
import io.hiberlet.agent.cli.ControllerRunner.LocalRun;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.config.LocalHost;
import io.hiberlet.agent.service.Machine;
import io.hiberlet.agent.service.ServiceManager;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Help.Ansi;

/** The program. */
public final class Main {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private Main() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    quietLogUnlessAgent(arguments);
    System.exit(
        CommandLineInterface.execute(
            arguments, Main::runAgent, Main::runController, new LocalHost(), out, err));
  }

  /**
   * On a developer's terminal there is room for trouble only. Must come before the first logger.
   */
  private static void quietLogUnlessAgent(String[] arguments) {
    if (arguments.length > 0 && !arguments[0].equals("agent")) {
      System.setProperty(LOG_LEVEL, System.getProperty(LOG_LEVEL, "warn"));
    }
  }

  /** Runs until SIGTERM or SIGINT. */
  private static int runAgent(AgentConfig config) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    try (Agent agent = Agent.start(config);
        ServiceManager manager = ServiceManager.of(System.getenv(), agent::isHealthy)) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> endWith(stop::countDown, exitCode), "stop"));
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

  /** Runs until the controller has ended, which SIGTERM and SIGINT tell it to. */
  private static int runController(LocalRun run) throws Exception {
    CompletableFuture<Void> stop = new CompletableFuture<>();
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    TerminalLog log = new TerminalLog(System.out, System.err, Ansi.AUTO.enabled());
    int code = 1;
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> endWith(() -> stop.complete(null), exitCode), "stop"));
    try (LocalAgent agent = LocalAgent.start(run, log)) {
      code = agent.awaitEnd(stop);
    } finally {
      exitCode.complete(code);
    }
    return code;
  }

  /**
   * Runs when the JVM is told to end. By itself it would end with 143 after its hooks; an agent
   * that stopped as told ends with 0.
   */
  private static void endWith(Runnable stop, CompletableFuture<Integer> exitCode) {
    stop.run();
    Runtime.getRuntime().halt(exitCode.join());
  }
}
