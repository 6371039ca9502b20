package io.hiberlet.agent.simulation;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.pod.ControllerServices;
import io.hiberlet.agent.pod.GuestRunner;
import io.hiberlet.agent.pod.ModulePods;
import io.hiberlet.agent.pod.PodAgent;
import io.hiberlet.agent.pod.PodFiles;
import io.hiberlet.agent.pod.ResidentRoom;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReporter;
import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * An agent that {@link KillLoopTest} starts and kills: whole but for the node around it, on a real
 * disk and a real network. Says on its standard output what happens; ends in order when its
 * standard input does, and deletes its pods before that when it reads {@code delete}.
 */
final class WitnessProcess {
  private static final List<String> IDLE_AFTER = List.of("0ms", "5ms", "20ms", "100ms");
  private static final Duration WAKE_LIMIT = Duration.ofSeconds(30);

  private WitnessProcess() {}

  /**
   * Runs until it is told to end, or killed.
   *
   * @param arguments the folder, the server's port, how many pods
   */
  public static void main(String[] arguments) throws Exception {
    int pods = Integer.parseInt(arguments[2]);
    MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    GuestModule module = GuestModule.compile(TestModules.bytes("witness"), ModuleLimits.DEFAULT);
    HostIoConfig config =
        new HostIoConfig(URI.create("http://127.0.0.1:" + arguments[1]), List.of());
    try (SnapshotStore store =
            RocksSnapshotStore.open(Path.of(arguments[0]), StoreOptions.DEFAULT);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        GuestThreads threads = new GuestThreads(2);
        HostIo hostIo = new HostIo(config, loops)) {
      PodAgent agent = agent(module, store, timer, threads, hostIo);
      IntStream.range(0, pods)
          .forEach(
              pod ->
                  agent.sync(
                      ModelPod.manifest(key(pod), IDLE_AFTER.get(pod % IDLE_AFTER.size())),
                      new Report(key(pod).uid())));
      say("ready");
      untilTold(agent, pods);
      timer.shutdownNow();
    }
    say("ended");
    System.exit(0); // the event loops would take their time
  }

  static PodKey key(int pod) {
    return new PodKey("kill-loop", "controller-" + pod, "uid-" + pod);
  }

  private static PodAgent agent(
      GuestModule module,
      SnapshotStore store,
      ScheduledExecutorService timer,
      GuestThreads threads,
      HostIo hostIo) {
    ControllerServices services =
        new ControllerServices(
            threads,
            new GuestRunner(new Watchdog(timer, WAKE_LIMIT, threads), WAKE_LIMIT),
            new ResidentRoom(Long.MAX_VALUE),
            timer,
            new SnapshotRepository(store),
            true,
            Clock.systemUTC(),
            new AgentMetrics());
    return new PodAgent(
        new Admission(
            new NodeFacts(InetAddress.getLoopbackAddress(), 2000, 1L << 30),
            1 << 20,
            Duration.ofSeconds(1)),
        new ModulePods(
            services,
            module,
            (pod, state, listener) ->
                hostIo.open(state, () -> CompletableFuture.completedFuture(pod.uid()), listener),
            UnaryOperator.identity(),
            Runnable::run),
        store,
        new PodFiles(Path.of("no-such-folder")));
  }

  private static void untilTold(PodAgent agent, int pods) throws Exception {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      if ("delete".equals(input.readLine())) {
        for (int pod = 0; pod < pods; pod++) {
          agent.terminate(key(pod), Duration.ZERO).toCompletableFuture().get();
        }
      }
    }
    agent.suspendAll().toCompletableFuture().get();
  }

  private static void say(String line) {
    PrintStream out = System.out;
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  /** What is said of one pod. */
  private record Report(String uid) implements PodReporter {
    @Override
    public void report(PodReport report) {
      if (report.conditions().stream().anyMatch(Condition::status)) {
        say("hibernated " + uid);
      }
    }

    @Override
    public void event(EventType type, String reason, String message) {
      say("%s %s %s".formatted(reason, uid, message));
    }
  }
}
