package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.PodObjects;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * One pod on a real {@link PodAgent}, with guests that are fakes: each runs until the test has it
 * exit, or until it is told to stop.
 */
abstract class PodFixture implements PodServices {
  static final PodKey KEY = new PodKey("ns", "pod", "uid-1");
  static final long PATIENCE_SECONDS = 20;
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  /** How often a guest looks whether it is to exit. */
  private static final long LOOK_MILLIS = 2;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ServerSocket silence = silence();
  private final HostIo hostIo =
      new HostIo(
          new HostIoConfig(URI.create("http://127.0.0.1:" + silence.getLocalPort()), List.of()),
          loops);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GuestThreads threads = new GuestThreads(2);
  private final Map<String, Queue<Integer>> exits = new ConcurrentHashMap<>();
  private final BlockingQueue<PodReport> reports = new LinkedBlockingQueue<>();
  final MemorySnapshotStore store = new MemorySnapshotStore();

  /** What happened, in order: starts and stops of guests, and the events of the pod. */
  final BlockingQueue<String> story = new LinkedBlockingQueue<>();

  /** Containers that go on when they are told to stop. */
  final Map<String, Boolean> stubborn = new ConcurrentHashMap<>();

  /** Images whose guests wait for nothing but their end. */
  final Map<String, Boolean> calm = new ConcurrentHashMap<>();

  /** Images that are not there. */
  final Map<String, Boolean> missing = new ConcurrentHashMap<>();

  /** Images whose pull takes until {@link #pulled}. */
  final Map<String, Boolean> stuck = new ConcurrentHashMap<>();

  private final CompletableFuture<String> pull = new CompletableFuture<>();

  @TempDir Path folder;
  PodAgent agent;

  /** Of how many processes the present one is the last; those before it are dead. */
  private final AtomicInteger process = new AtomicInteger();

  @BeforeEach
  void open() {
    nextProcess();
  }

  /** An agent that knows what is stored. */
  final void nextProcess() {
    var node = new NodeFacts(InetAddress.getLoopbackAddress(), 1000, 1 << 30);
    var admission = new Admission(node, 1 << 20, Duration.ofDays(1));
    agent = new PodAgent(admission, this, store, new PodFiles(folder));
    process.incrementAndGet();
    reports.clear();
  }

  /** A server that takes every request and answers none. */
  private static ServerSocket silence() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    end(Duration.ZERO);
    threads.close();
    timer.shutdownNow();
    hostIo.close();
    silence.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Deletes the pod, and waits until nothing of it is left. */
  final void end(Duration grace) throws Exception {
    agent.terminate(KEY, grace).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  final void suspend() throws Exception {
    agent.suspendAll().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Hands the pod to the agent. */
  final void sync(String spec) {
    agent.sync(pod(spec), reporter());
  }

  final PodReporter reporter() {
    return new Reporter();
  }

  static V1Pod uid(V1Pod pod, String uid) {
    pod.getMetadata().setUid(uid);
    return pod;
  }

  static V1Pod pod(String spec) {
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: pod
          namespace: ns
          uid: uid-1
          annotations: {hiberlet.io/controller: v1}
        spec:
        """;
    try {
      return (V1Pod) Yaml.load(pod + spec.indent(2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the guest of a container exit: the one that runs, or the next one. */
  final void exit(String container, int code) {
    exits.computeIfAbsent(container, name -> new ConcurrentLinkedQueue<>()).add(code);
  }

  /** Waits until all of this has happened, and forgets what else happened until then. */
  final void hear(String... lines) throws InterruptedException {
    Set<String> missing = new HashSet<>(List.of(lines));
    while (!missing.isEmpty()) {
      String line = story.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(line, () -> "nobody heard of " + missing);
      missing.remove(line);
    }
  }

  /** Whether something that begins with this word happens within a time. */
  final boolean hears(String word, Duration within) throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    String line;
    do {
      line = story.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } while (line != null && !line.startsWith(word));
    return line != null;
  }

  /** What happened since, as far as it begins with one of these words. */
  final List<String> told(String... words) {
    return story.stream().filter(line -> Stream.of(words).anyMatch(line::startsWith)).toList();
  }

  /** Waits for a report in which all containers are in these states, as {@link #states} writes. */
  final PodReport await(String states) throws InterruptedException {
    return await(states, report -> states(report).equals(states));
  }

  final PodReport await(String what, Predicate<PodReport> wanted) throws InterruptedException {
    PodReport last = null;
    while (true) {
      PodReport report = reports.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      String seen = last == null ? "nothing" : last.phase() + " " + states(last);
      assertNotNull(report, () -> "expected " + what + " but last came " + seen + "; " + story);
      if (wanted.test(report)) {
        return report;
      }
      last = report;
    }
  }

  /** Such as {@code a=run b=0 c=PodInitializing}. */
  static String states(PodReport report) {
    return report.containers().stream()
        .map(each -> each.name() + "=" + state(each))
        .collect(Collectors.joining(" "));
  }

  private static String state(ContainerReport report) {
    return switch (report.state()) {
      case Running running -> "run";
      case Terminated end -> String.valueOf(end.exitCode());
      case Waiting waiting -> waiting.reason();
    };
  }

  static ContainerReport container(PodReport report, String name) {
    return report.containers().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public ControllerServices controllers() {
    return TestServices.of(threads, timer, Duration.ofMinutes(1), store);
  }

  @Override
  public CompletionStage<String> fetchModule(
      PodKey pod, ControllerSpec spec, PullListener listener) {
    if (missing.containsKey(spec.image())) {
      return CompletableFuture.failedFuture(
          new ModuleUnavailableException(
              ModuleUnavailableException.ERR_IMAGE_PULL, "no " + spec.image(), false));
    }
    return stuck.containsKey(spec.image()) ? pull : CompletableFuture.completedFuture(DIGEST);
  }

  final void pulled() {
    pull.complete(DIGEST);
  }

  @Override
  public CompletionStage<ResolvedSettings> configure(PodKey pod, ControllerSpec spec) {
    return CompletableFuture.completedFuture(new ResolvedSettings(GuestSettings.NONE, List.of()));
  }

  @Override
  public Executor blocking() {
    return Runnable::run;
  }

  @Override
  public PodObjects objects() {
    return new FakePodObjects();
  }

  @Override
  public ControllerParts parts(PodSpec pod, ControllerSpec spec, String moduleDigest, int run) {
    return new Parts(spec.container(), spec.image());
  }

  private final class Parts implements ControllerParts, GuestSource {
    private final String container;
    private final String image;
    private final int of = process.get();

    Parts(String container, String image) {
      this.container = container;
      this.image = image;
    }

    @Override
    public CompletionStage<GuestSource> loadModule() {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public ControllerOperations openOperations(OperationsState state, OperationsListener listener) {
      return hostIo.open(state, () -> CompletableFuture.completedFuture("token"), listener);
    }

    @Override
    public boolean handlesExec() {
      return true;
    }

    @Override
    public Guest start(GuestSettings settings, HostCalls calls) {
      story.add("start " + container + " " + image);
      if (!calm.containsKey(image)) {
        calls.timer(LOOK_MILLIS);
      }
      return new FakeGuest(calls, this::act, 0);
    }

    @Override
    public Guest resume(HostCalls calls, GuestState state) {
      story.add("resume " + container);
      return new FakeGuest(calls, this::act, state.globals()[0]);
    }

    @Override
    public Guest copy(GuestState state) {
      throw new AssertionError("nobody looks");
    }

    private void act(HostCalls calls, long read, Completion.Kind kind) throws GuestExitException {
      if (of != process.get()) {
        return;
      }
      if (kind == Completion.Kind.STOP) {
        story.add("stop " + container);
        if (!stubborn.containsKey(container)) {
          throw new GuestExitException(0);
        }
        calls.httpRequest("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0);
      }
      Integer code = exits.computeIfAbsent(container, n -> new ConcurrentLinkedQueue<>()).poll();
      if (code != null) {
        story.add("exit " + container);
        throw new GuestExitException(code);
      }
      calls.timer(LOOK_MILLIS);
    }

    @Override
    public void rest() {}

    @Override
    public void close() {}
  }

  private final class Reporter implements PodReporter {
    private final int of = process.get();

    @Override
    public void report(PodReport report) {
      if (of == process.get()) {
        reports.add(report);
      }
    }

    @Override
    public void event(EventType type, String reason, String message) {
      if (of == process.get()) {
        story.add("event " + reason + ": " + message);
      }
    }
  }
}
