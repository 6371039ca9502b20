package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.PodObjects;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A container of which the image cannot be pulled, in a time that passes quickly. */
@Timeout(60)
final class ImagePullBackOffTest implements PodServices {
  private static final PodKey POD = new PodKey("ns", "pod", "uid-1");
  private static final NodeFacts NODE =
      new NodeFacts(InetAddress.getLoopbackAddress(), 2000, 1L << 30);
  private static final String WHY = "failed to pull image \"r.example/x:1\": not found";

  private final GuestThreads threads = new GuestThreads(1);
  private final HurriedTimer timer = new HurriedTimer();
  private final MemorySnapshotStore store = new MemorySnapshotStore();
  private final BlockingQueue<Waiting> states = new LinkedBlockingQueue<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<ImagePull> pulls = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;

  /** A thousand times as fast as it should be. */
  private static final class HurriedTimer extends ScheduledThreadPoolExecutor {
    private final List<Duration> delays = new CopyOnWriteArrayList<>();

    HurriedTimer() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      delays.add(Duration.of(delay, unit.toChronoUnit()));
      return super.schedule(task, unit.toMicros(delay), TimeUnit.NANOSECONDS);
    }
  }

  private final class Reporter implements PodReporter {
    @Override
    public void report(PodReport report) {
      if (report.containers().getFirst().state() instanceof Waiting waiting) {
        states.add(waiting);
      }
    }

    @Override
    public void event(EventType type, String reason, String message) {
      events.add(reason + ": " + message);
    }
  }

  @Override
  public ControllerServices controllers() {
    return TestServices.of(threads, timer, Duration.ofSeconds(30), store);
  }

  @Override
  public ControllerParts parts(PodSpec pod, ControllerSpec spec, String moduleDigest, int run) {
    throw new AssertionError("there is no module to start");
  }

  @Override
  public CompletionStage<String> fetchModule(
      PodKey pod, ControllerSpec spec, PullListener listener) {
    pulls.add(spec.imagePull());
    return CompletableFuture.failedFuture(
        new ModuleUnavailableException(ModuleUnavailableException.ERR_IMAGE_PULL, WHY, false));
  }

  @Override
  public CompletionStage<ResolvedSettings> configure(PodKey pod, ControllerSpec spec) {
    throw new AssertionError("there is no module to configure");
  }

  @Override
  public Executor blocking() {
    return Runnable::run;
  }

  @Override
  public PodObjects objects() {
    return new FakePodObjects();
  }

  @AfterEach
  void close() {
    timer.shutdownNow();
    threads.close();
  }

  @Test
  void failureAndBackOffTakeTurnsAndGrow() throws Exception {
    var agent =
        new PodAgent(
            new Admission(NODE, 1 << 20, Duration.ofDays(1)), this, store, new PodFiles(folder));
    agent.sync(
        (V1Pod)
            Yaml.load(
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: pod
                  namespace: ns
                  uid: uid-1
                  annotations: {hiberlet.io/controller: v1}
                spec:
                  imagePullSecrets: [{name: one}, {name: two}]
                  containers:
                  - {name: main, image: "r.example/x:1", imagePullPolicy: Always}
                """),
        new Reporter());
    List<String> reasons = new ArrayList<>();
    while (reasons.size() < 9) {
      Waiting state = states.poll(20, TimeUnit.SECONDS);
      assertNotNull(state);
      reasons.add(state.reason());
      if (state.reason().equals("ImagePullBackOff")) {
        assertEquals(
            "Back-off pulling image \"r.example/x:1\": ErrImagePull: " + WHY, state.message());
      }
    }
    agent.terminate(POD, Duration.ZERO).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertEquals("ContainerCreating", reasons.getFirst());
    for (int i = 1; i < reasons.size(); i++) {
      assertEquals(i % 2 == 1 ? "ErrImagePull" : "ImagePullBackOff", reasons.get(i));
    }
    assertEquals(
        List.of(5L, 5L, 5L, 15L, 5L, 35L, 5L, 75L),
        timer.delays.stream().map(Duration::toSeconds).limit(8).toList());
    assertEquals(
        List.of(
            "Failed: Failed to pull image \"r.example/x:1\": not found",
            "Failed: Error: ErrImagePull",
            "BackOff: Back-off pulling image \"r.example/x:1\"",
            "Failed: Error: ImagePullBackOff"),
        events.subList(0, 4));
    assertEquals(new ImagePull("Always", List.of("one", "two")), pulls.getFirst());
  }
}
