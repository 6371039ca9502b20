package io.hiberlet.node.pod;

import static io.hiberlet.node.FakeApiServer.podPath;

import com.google.gson.JsonObject;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.FakePodHandler;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.staticpod.StaticPods;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A controller of pods, its API server, and a handler that writes down what it is asked. */
abstract class PodControllerFixture {
  static final PodKey POD = new PodKey("n", "p", "uid-1");
  static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path directory;
  final FakePodHandler handler = new FakePodHandler();
  final AtomicReference<List<String>> pressures = new AtomicReference<>(List.of());
  FakeApiServer server;
  PodController controller;
  private ApiServerAccess access;
  private EventRecorder events;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
    access = server.access(directory);
    Clock clock = Clock.systemUTC();
    events = new EventRecorder(access.client(), "node", EventBacklog.NONE, clock);
    events.start();
    controller =
        new PodController(
            new OwnNode("node", "10.0.0.7", () -> Optional.of("node-uid")),
            access.client(),
            handler,
            new StaticPods(null, "node", why -> {}, clock),
            new NewPods(pressures::get),
            events,
            clock);
  }

  @AfterEach
  void close() {
    controller.close();
    events.close();
    access.close();
    server.close();
  }

  void start() {
    controller.start();
    controller.follow();
  }

  static V1Pod pod(String name, String uid) {
    return new V1Pod()
        .metadata(new V1ObjectMeta().namespace("n").name(name).uid(uid))
        .spec(new V1PodSpec().containers(List.of(new V1Container().name("main"))));
  }

  long lists() {
    return server.requests().stream()
        .filter(request -> request.is("GET", "/api/v1/pods"))
        .filter(request -> !request.query().contains("watch=true"))
        .count();
  }

  void askToDelete(int graceSeconds) {
    server.change(
        podPath("p"),
        pod -> {
          JsonObject metadata = pod.getAsJsonObject("metadata");
          metadata.addProperty("deletionTimestamp", "2026-01-02T03:04:05Z");
          metadata.addProperty("deletionGracePeriodSeconds", graceSeconds);
          return pod;
        });
  }

  String lastPatch() {
    return server.requests().stream()
        .filter(request -> request.is("PATCH", podPath("p") + "/status"))
        .reduce((first, second) -> second)
        .orElseThrow()
        .body();
  }

  String status(String field) {
    return server.get(podPath("p")).getAsJsonObject("status").get(field).getAsString();
  }

  static PodReport running(String message) {
    return new PodReport(
        Phase.RUNNING,
        null,
        message,
        List.of(new ContainerReport("main", new Running(SINCE), true, true, 0, null, null)),
        List.of());
  }
}
