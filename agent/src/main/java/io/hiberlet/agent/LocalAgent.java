package io.hiberlet.agent;

import io.hiberlet.agent.cli.ControllerRunner.LocalRun;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.hostio.TokenSource;
import io.hiberlet.agent.module.compiler.CompilerFailedException;
import io.hiberlet.agent.packaging.LocalModule;
import io.hiberlet.agent.packaging.ModuleRules;
import io.hiberlet.agent.packaging.ScratchFolder;
import io.hiberlet.agent.pod.ControllerStatus;
import io.hiberlet.agent.pod.LocalController;
import io.hiberlet.agent.pod.LocalController.End;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.node.client.KubeconfigException;
import io.hiberlet.node.client.KubeconfigUser;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The composition for one controller without a node: the same runtime and host I/O as an agent's,
 * with a kubeconfig's user in the place of a pod's service account. Opened and closed by one
 * thread.
 */
final class LocalAgent implements AutoCloseable {
  private final Closing closing;
  private final LocalController controller;
  private final TerminalLog log;
  private final Duration grace;

  private LocalAgent(LocalRun run, TerminalLog log, Closing closing)
      throws IOException,
          KubeconfigException,
          ModuleRefusedException,
          CompilerFailedException,
          InterruptedException {
    this.closing = closing;
    this.log = log;
    this.grace = run.grace();
    AgentConfig config = run.node();
    ScratchFolder scratch = closing.add("temporary folder", ScratchFolder.make());
    ModuleRules rules = ModuleRules.of(config.modules());
    LocalModule module =
        LocalModule.compile(run.wasm(), scratch.path(), rules.compiler(), rules.limits());
    GuestEngine engine =
        GuestEngine.open(config, scratch.path().resolve("store"), Clock.systemUTC(), closing);
    ApiServer server =
        module.describe().isCommand() ? ApiServer.none() : ApiServer.of(config, engine.blocking());
    HostIo hostIo = closing.add("host I/O", engine.hostIo(server.config()));
    controller =
        new LocalController(
            module.digest(),
            module.load(),
            new GuestEnvironment(
                run.settings(), run.mounts(), log.stdout(), log.stderr(), run.memoryLimitBytes()),
            hostIo,
            server.tokens(),
            engine.services().hibernating(run.hibernates()),
            new Told(log, run.verbose()));
  }

  /**
   * Compiles a module and starts its controller.
   *
   * @throws ModuleRefusedException when no node would run it, in a node's words
   * @throws KubeconfigException when the kubeconfig cannot be used, with a message for the user
   */
  static LocalAgent start(LocalRun run, TerminalLog log)
      throws IOException,
          KubeconfigException,
          ModuleRefusedException,
          CompilerFailedException,
          InterruptedException {
    Closing closing = new Closing();
    boolean started = false;
    try {
      LocalAgent agent = new LocalAgent(run, log, closing);
      agent.controller.start();
      started = true;
      return agent;
    } finally {
      if (!started) {
        closing.close();
      }
    }
  }

  /**
   * Waits until it has ended, by itself or because it was to stop.
   *
   * @param stop completes when it is to stop
   * @return its exit code
   */
  int awaitEnd(CompletableFuture<Void> stop) throws InterruptedException {
    CompletableFuture<End> end = controller.ended().toCompletableFuture();
    var _ = CompletableFuture.anyOf(end, stop).handle((first, failure) -> 0).join();
    if (!end.isDone()) {
      log.say("stopping; it has %d s".formatted(grace.toSeconds()));
      controller.stop(grace);
    }
    End how = end.join();
    if (!how.message().isEmpty() || how.exitCode() != 0) {
      log.say(
          "it ended with exit code %d (%s)%s"
              .formatted(
                  how.exitCode(),
                  how.reason(),
                  how.message().isEmpty() ? "" : ": " + how.message()));
    }
    return how.exitCode();
  }

  @Override
  public void close() {
    closing.close();
  }

  /** The API server, as a kubeconfig's user. */
  private record ApiServer(HostIoConfig config, TokenSource tokens) {

    static ApiServer of(AgentConfig config, Executor blocking) throws KubeconfigException {
      KubeconfigUser user = KubeconfigUser.load(config.kubeconfig());
      return new ApiServer(
          Configured.hostIo(config, user.access()).with(user.keyManagers()),
          new KubeconfigTokens(user, blocking));
    }

    /** A command asks nothing. */
    static ApiServer none() {
      return new ApiServer(
          new HostIoConfig(URI.create("http://127.0.0.1"), List.of()),
          () -> CompletableFuture.completedFuture(""));
    }
  }

  /** What a developer hears of the host's part. */
  private record Told(TerminalLog log, boolean verbose, AtomicLong wokenNanos)
      implements LocalController.Listener {
    Told(TerminalLog log, boolean verbose) {
      this(log, verbose, new AtomicLong());
    }

    @Override
    public void awake() {
      wokenNanos.set(System.nanoTime());
      if (verbose) {
        log.say("awake");
      }
    }

    @Override
    public void asleep(ControllerStatus.Counters counters) {
      if (verbose) {
        double millis =
            (System.nanoTime() - wokenNanos.get()) / (double) TimeUnit.MILLISECONDS.toNanos(1);
        log.say(
            String.format(
                Locale.ROOT,
                "asleep after %.1f ms; wake %d, %d bytes written",
                millis,
                counters.wakes(),
                counters.snapshotBytes()));
      }
    }

    @Override
    public void trouble(String reason, String message) {
      log.say(reason + ": " + message);
    }
  }
}
