package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Probes of real guests, whose exit code is the number of letters of the word that they are asked.
 */
@Timeout(60)
final class ProbedPodTest implements PodReporter {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: pod
        namespace: ns
        uid: uid-1
        annotations: {hiberlet.io/controller: v1, hiberlet.io/idle-after: IDLE}
      spec:
        terminationGracePeriodSeconds: 5
        restartPolicy: OnFailure
        containers:
        - name: main
          image: x
          resources: {limits: {memory: 4Mi}}
          PROBES
      """;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final HostIo hostIo =
      new HostIo(new HostIoConfig(URI.create("http://127.0.0.1:1"), List.of()), loops);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GuestThreads threads = new GuestThreads(2);
  private final MemorySnapshotStore store = new MemorySnapshotStore();
  private final BlockingQueue<PodReport> reports = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  @TempDir private Path folder;
  private PodAgent agent;

  private void run(String idleAfter, String... probes) throws Exception {
    GuestModule guests = GuestModule.compile(TestModules.bytes("echo"), ModuleLimits.DEFAULT);
    var services =
        new ModulePods(
            TestServices.of(threads, timer, Duration.ofMinutes(1), store),
            guests,
            (pod, state, listener) ->
                hostIo.open(state, () -> CompletableFuture.completedFuture("token"), listener),
            UnaryOperator.identity(),
            Runnable::run);
    var node = new NodeFacts(InetAddress.getLoopbackAddress(), 1000, 1 << 30);
    var admission = new Admission(node, 1 << 20, Duration.ZERO);
    agent = new PodAgent(admission, services, store, new PodFiles(folder));
    String pod = POD.replace("IDLE", idleAfter).replace("PROBES", String.join("\n    ", probes));
    agent.sync((V1Pod) Yaml.load(pod), this);
  }

  @AfterEach
  void close() throws Exception {
    agent
        .terminate(new PodKey("ns", "pod", "uid-1"), Duration.ZERO)
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    threads.close();
    timer.shutdownNow();
    hostIo.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aContainerIsReadyWhenItsProbesSaySo() throws Exception {
    run(
        "1h",
        "startupProbe: {exec: {command: ['']}, periodSeconds: 1}",
        "readinessProbe: {exec: {command: ['']}, periodSeconds: 1}",
        "livenessProbe: {exec: {command: [hiberlet, probe]}, periodSeconds: 1}");
    ContainerReport begun =
        await(report -> container(report).state() instanceof ContainerReport.Running);
    assertFalse(begun.ready());
    assertFalse(begun.started());
    ContainerReport ready = await(report -> container(report).ready());
    assertTrue(ready.started());
    assertEquals(0, ready.restarts());
  }

  /** Although it ends well when it is told to stop, which is no failure otherwise. */
  @Test
  void aContainerWhoseLivenessFailsIsStartedAgain() throws Exception {
    run("1h", "livenessProbe: {exec: {command: [dead]}, periodSeconds: 1, failureThreshold: 1}");
    ContainerReport again = await(report -> container(report).restarts() == 1);
    Terminated last = again.lastTermination();
    assertNotNull(last);
    awaitEvent("WARNING Unhealthy Liveness probe failed: ");
    awaitEvent("NORMAL Killing Container main failed liveness probe, will be restarted");
  }

  @Test
  void aProbeThatCannotBeMadeIsToldAndEndsNobody() throws Exception {
    run(
        "1h",
        "livenessProbe: {exec: {command: [%s]}, periodSeconds: 1, failureThreshold: 1}"
            .formatted("long".repeat(20_000)));
    String told =
        "WARNING Unhealthy Liveness probe errored and resulted in unknown state:"
            + " the arguments have more than 65536 bytes";
    awaitEvent(told);
    awaitEvent(told);
    assertTrue(events.stream().noneMatch(event -> event.contains("Killing")), "" + events);
  }

  @Test
  void aSleeperIsWellAndNobodyWakesItToAsk() throws Exception {
    run(
        "0s",
        "readinessProbe: {exec: {command: [never]}, initialDelaySeconds: 3600}",
        "livenessProbe: {exec: {command: [dead]}, initialDelaySeconds: 3600}");
    assertTrue(await(report -> container(report).ready()).started());
  }

  @Test
  void probesDoNotKeepAControllerInMemory() throws Exception {
    run("3s", "readinessProbe: {exec: {command: ['']}, periodSeconds: 1}");
    await(report -> container(report).ready());
    await(
        report ->
            report.conditions().stream()
                .anyMatch(each -> each.type().equals(PodRunner.HIBERNATED) && each.status()));
  }

  private static ContainerReport container(PodReport report) {
    return report.containers().getFirst();
  }

  private ContainerReport await(Predicate<PodReport> wanted) throws InterruptedException {
    while (true) {
      PodReport report = reports.poll(20, TimeUnit.SECONDS);
      assertNotNull(report, "what is waited for was not reported");
      if (wanted.test(report)) {
        return container(report);
      }
    }
  }

  private void awaitEvent(String begin) throws InterruptedException {
    String event = events.poll(20, TimeUnit.SECONDS);
    while (event != null && !event.startsWith(begin)) {
      event = events.poll(20, TimeUnit.SECONDS);
    }
    assertNotNull(event, begin);
  }

  @Override
  public void report(PodReport report) {
    reports.add(report);
  }

  @Override
  public void event(EventType type, String reason, String message) {
    events.add(type + " " + reason + " " + message);
  }
}
