package io.hiberlet.agent.pod;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.agent.settings.SettingsResolver;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import io.hiberlet.node.object.PodObjects;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers whose configuration is elsewhere, with guests that are fakes. */
final class ConfiguredStartTest implements PodServices {
  private static final ObjectName CONFIG = ObjectName.configMap("ns", "config");
  private static final long PATIENCE_SECONDS = 20;
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: pod
        namespace: ns
        uid: uid-1
        labels: {tier: first}
        annotations: {hiberlet.io/controller: v1}
      spec:
        containers:
        - name: main
          image: x
          env:
          - {name: K, valueFrom: {configMapKeyRef: {name: config, key: k}}}
          - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"}}}
          envFrom: [{configMapRef: {name: config}}]
      """;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final HostIo hostIo =
      new HostIo(new HostIoConfig(URI.create("http://127.0.0.1:1"), List.of()), loops);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GuestThreads threads = new GuestThreads(2);
  private final MemorySnapshotStore store = new MemorySnapshotStore();
  private final FakePodObjects objects = new FakePodObjects();
  private final SettingsResolver resolver = new SettingsResolver(objects);
  private final BlockingQueue<PodReport> reports = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<GuestSettings> begun = new LinkedBlockingQueue<>();

  @TempDir private Path folder;
  private PodAgent agent;

  @BeforeEach
  void open() {
    var node = new NodeFacts(InetAddress.getLoopbackAddress(), 1000, 1 << 30);
    var admission = new Admission(node, 1 << 20, Duration.ofDays(1));
    agent = new PodAgent(admission, this, store, new PodFiles(folder));
  }

  @AfterEach
  void close() throws Exception {
    agent
        .terminate(new PodKey("ns", "pod", "uid-1"), Duration.ZERO)
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals(0, objects.followers(CONFIG), "nobody may stay behind");
    threads.close();
    timer.shutdownNow();
    hostIo.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void sync(String pod) throws Exception {
    agent.sync((V1Pod) Yaml.load(pod), new Reporter());
  }

  private void put(String key, String value) {
    objects.put(CONFIG, new PodObject(Map.of(key, value.getBytes(UTF_8)), Map.of(), false));
  }

  @Test
  void aContainerWaitsForWhatItMustHaveAndStartsWhenThatAppears() throws Exception {
    sync(POD);
    PodReport waiting = awaitReport(report -> isWaiting(report, "CreateContainerConfigError"));
    assertEquals(Phase.PENDING, waiting.phase());
    assertEquals("configmap \"config\" not found", message(waiting));
    put("other", "x");
    PodReport stillWaiting = awaitReport(report -> message(report).contains("find key"));
    assertEquals("couldn't find key k in ConfigMap ns/config", message(stillWaiting));
    put("k", "now");
    awaitReport(report -> container(report).state() instanceof Running);
    assertEquals("now", next().env().get("K"));
    assertEquals(0, objects.followers(CONFIG), "what it has begun with is not watched");
  }

  @Test
  void aPodThatIsDeletedWaitsNoLonger() throws Exception {
    sync(POD);
    awaitReport(report -> isWaiting(report, "CreateContainerConfigError"));
    assertEquals(1, objects.followers(CONFIG));
  }

  @Test
  void anAbsentServerIsSaidAndTheNextAnswerHelps() throws Exception {
    objects.failWith(503);
    sync(POD);
    PodReport waiting = awaitReport(report -> isWaiting(report, "CreateContainerConfigError"));
    assertTrue(message(waiting).startsWith("failed to read configmap \"config\": "), "" + waiting);
    objects.failWith(0);
    put("k", "now");
    assertEquals("now", next().env().get("K"));
  }

  @Test
  void namesThatNoVariableCanHaveAreToldInAnEvent() throws Exception {
    objects.put(
        CONFIG, new PodObject(Map.of("k", new byte[0], "1st", new byte[0]), Map.of(), false));
    sync(POD);
    next();
    String event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals(
        "InvalidEnvironmentVariableNames: Keys [1st] from the EnvFrom configMap ns/config were"
            + " skipped since they are considered invalid environment variable names.",
        event);
  }

  @Test
  void theNextLifeBeginsWithThePodAndTheObjectsAsTheyAreThen() throws Exception {
    put("k", "exit");
    sync(POD);
    assertEquals("first", next().env().get("TIER"));
    GuestSettings second = next();
    assertEquals("first", second.env().get("TIER"));
    sync(POD.replace("tier: first", "tier: changed"));
    put("k", "stays");
    GuestSettings third = next();
    assertEquals("changed", third.env().get("TIER"));
    assertEquals("stays", third.env().get("K"));
  }

  private GuestSettings next() throws InterruptedException {
    GuestSettings settings = begun.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(settings, "nothing began");
    return settings;
  }

  private PodReport awaitReport(Predicate<PodReport> wanted) throws InterruptedException {
    while (true) {
      PodReport report = reports.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(report, "it was not reported");
      if (wanted.test(report)) {
        return report;
      }
    }
  }

  private static ContainerReport container(PodReport report) {
    return report.containers().getFirst();
  }

  private static boolean isWaiting(PodReport report, String reason) {
    return container(report).state() instanceof Waiting waiting && waiting.reason().equals(reason);
  }

  private static String message(PodReport report) {
    return container(report).state() instanceof Waiting waiting
        ? String.valueOf(waiting.message())
        : "";
  }

  @Override
  public ControllerServices controllers() {
    return TestServices.of(threads, timer, Duration.ofMinutes(1), store);
  }

  @Override
  public CompletionStage<String> fetchModule(
      PodKey pod, ControllerSpec spec, PullListener listener) {
    return CompletableFuture.completedFuture("sha256:" + "a".repeat(64));
  }

  @Override
  public CompletionStage<ResolvedSettings> configure(PodKey pod, ControllerSpec spec) {
    CompletableFuture<ResolvedSettings> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            answer.complete(resolver.resolve(spec));
          } catch (Exception e) { // it is the answer
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  @Override
  public Executor blocking() {
    return Runnable::run;
  }

  @Override
  public PodObjects objects() {
    return objects;
  }

  @Override
  public ControllerParts parts(PodSpec pod, ControllerSpec spec, String moduleDigest, int run) {
    return new Parts();
  }

  private final class Parts implements ControllerParts, GuestSource {
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
      return false;
    }

    @Override
    public Guest start(GuestSettings settings, HostCalls calls) throws GuestExitException {
      begun.add(settings);
      if ("exit".equals(settings.env().get("K"))) {
        throw new GuestExitException(1);
      }
      return new FakeGuest(calls, (any, read, kind) -> {}, 0);
    }

    @Override
    public Guest resume(HostCalls calls, GuestState state) {
      throw new AssertionError("nothing sleeps here");
    }

    @Override
    public Guest copy(GuestState state) {
      throw new AssertionError("nobody looks");
    }

    @Override
    public void rest() {}

    @Override
    public void close() {}
  }

  private final class Reporter implements PodReporter {
    @Override
    public void report(PodReport report) {
      reports.add(report);
    }

    @Override
    public void event(EventType type, String reason, String message) {
      if (reason.startsWith("Invalid")) {
        events.add(reason + ": " + message);
      }
    }
  }
}
