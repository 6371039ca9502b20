package io.hiberlet.node.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.FakePodHandler;
import io.hiberlet.node.FakePodHandler.Termination;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.node.event.EventRecorder;
import io.hiberlet.node.staticpod.StaticPods;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticPodsOfANodeTest {
  private static final String NAME = "alarm-node";
  private static final String MIRROR = FakeApiServer.podPath(NAME);
  private static final String PODS = "/api/v1/namespaces/n/pods";

  @TempDir Path directory;
  private final FakePodHandler handler = new FakePodHandler();
  private final AtomicReference<Optional<String>> nodeUid =
      new AtomicReference<>(Optional.of("node-uid"));
  private final AtomicReference<List<String>> pressures = new AtomicReference<>(List.of());
  private Path folder;
  private FakeApiServer server;
  private ApiServerAccess access;
  private EventRecorder events;
  private StaticPods statics;
  private PodController controller;

  @BeforeEach
  void create() throws Exception {
    folder = Files.createDirectory(directory.resolve("static"));
    server = new FakeApiServer();
    access = server.access(directory);
    events = new EventRecorder(access.client(), "node", EventBacklog.NONE, Clock.systemUTC());
    newController(folder);
  }

  private void newController(Path from) {
    statics = new StaticPods(from, "node", why -> {}, Clock.systemUTC());
    var node = new OwnNode("node", "10.0.0.7", nodeUid::get);
    controller =
        new PodController(
            node,
            access.client(),
            handler,
            statics,
            new NewPods(pressures::get),
            events,
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    controller.close();
    events.close();
    access.close();
    server.close();
  }

  @Test
  void runsWithoutAnApiServerAndIsShownByAMirrorWhenThereIsOne() throws Exception {
    write("1");
    controller.start();
    PodKey pod = handed("1");
    handler.reporterOf(pod).report(running("wakes"));
    assertEquals(List.of(), server.requests());

    controller.follow();
    Await.until("status of the mirror", () -> "wakes".equals(text(MIRROR, "status", "message")));
    assertEquals(pod.uid(), annotation("kubernetes.io/config.mirror"));
    assertEquals(pod.uid(), annotation("kubernetes.io/config.hash"));
    assertEquals("file", annotation("kubernetes.io/config.source"));
    JsonObject owner =
        server
            .get(MIRROR)
            .getAsJsonObject("metadata")
            .getAsJsonArray("ownerReferences")
            .get(0)
            .getAsJsonObject();
    assertEquals(
        JsonParser.parseString(
            """
            {"apiVersion": "v1", "kind": "Node", "name": "node", "uid": "node-uid",
             "controller": true}
            """),
        owner);
    assertEquals("node", text(MIRROR, "spec", "nodeName"));
    assertEquals("10.0.0.7", text(MIRROR, "status", "podIP"));
    assertEquals(1, handler.synced().size());
  }

  @Test
  void theKubeletApiKnowsItByEitherUid() throws Exception {
    write("1");
    start();
    PodKey pod = handed("1");
    handler.reporterOf(pod).report(running("wakes"));
    Await.until("status of the mirror", () -> "wakes".equals(text(MIRROR, "status", "message")));
    Await.until("the watch", () -> statusInList().isPresent());
    V1Pod shown = controller.pods().get("n", NAME).orElseThrow();
    assertEquals(pod.uid(), shown.getMetadata().getUid());
    assertTrue(controller.pods().isMeant(shown, pod.uid()));
    assertTrue(controller.pods().isMeant(shown, text(MIRROR, "metadata", "uid")));
    assertFalse(controller.pods().isMeant(shown, "another"));
    assertEquals(1, controller.pods().list().size());
  }

  private Optional<String> statusInList() {
    return controller.pods().list().stream()
        .flatMap(pod -> Optional.ofNullable(pod.getStatus()).stream())
        .map(status -> status.getMessage())
        .findFirst();
  }

  @Test
  void aMirrorThatIsDeletedComesBackAndThePodGoesOn() throws Exception {
    write("1");
    start();
    PodKey pod = handed("1");
    handler.reporterOf(pod).report(running("wakes"));
    Await.until("status", () -> "wakes".equals(text(MIRROR, "status", "message")));
    String first = text(MIRROR, "metadata", "uid");
    server.remove(MIRROR);
    Await.until(
        "a new mirror with the status",
        () ->
            !first.equals(text(MIRROR, "metadata", "uid"))
                && "wakes".equals(text(MIRROR, "status", "message")));
    server.change(
        MIRROR,
        mirror -> {
          mirror
              .getAsJsonObject("metadata")
              .addProperty("deletionTimestamp", "2026-01-02T03:04:05Z");
          return mirror;
        });
    Await.until("not being deleted", () -> text(MIRROR, "metadata", "deletionTimestamp").isEmpty());
    assertTrue(
        handler.terminations().stream().noneMatch(end -> end.pod().equals(pod)),
        handler.terminations().toString());
    assertEquals(1, handler.synced().size());
  }

  @Test
  void aChangedFileReplacesThePodOnceThatHasEnded() throws Exception {
    write("1");
    start();
    PodKey first = handed("1");
    var ended = new CompletableFuture<Void>();
    handler.onTerminate(
        termination ->
            termination.pod().equals(first) ? ended : CompletableFuture.completedFuture(null));
    write("2");
    statics.run();
    Await.until("end of the first", () -> !handler.terminations().isEmpty());
    assertEquals(new Termination(first, Duration.ofSeconds(7)), handler.terminations().getFirst());
    assertEquals(1, handler.synced().size());

    ended.complete(null);
    PodKey second = handed("2");
    assertFalse(second.equals(first));
    Await.until(
        "another mirror", () -> second.uid().equals(annotation("kubernetes.io/config.mirror")));
  }

  @Test
  void whenItsFileGoesThePodEndsAndThenItsMirrorGoes() throws Exception {
    write("1");
    start();
    PodKey pod = handed("1");
    Await.until("mirror", () -> server.get(MIRROR) != null);
    var ended = new CompletableFuture<Void>();
    handler.onTerminate(termination -> ended);
    Files.delete(folder.resolve("alarm.yaml"));
    statics.run();
    Await.until("end", () -> !handler.terminations().isEmpty());
    assertEquals(new Termination(pod, Duration.ofSeconds(7)), handler.terminations().getFirst());
    assertTrue(server.get(MIRROR) != null);
    ended.complete(null);
    Await.until("no mirror", () -> server.get(MIRROR) == null);
  }

  @Test
  void whatWentWhileTheAgentWasDownIsCleanedUp() throws Exception {
    write("1");
    start();
    PodKey pod = handed("1");
    handler.remember(handler.synced().getFirst());
    Await.until("mirror", () -> server.get(MIRROR) != null);
    controller.close();
    newController(null);
    start();
    Await.until("end", () -> handler.known().isEmpty());
    assertEquals(pod, handler.terminations().getFirst().pod());
    Await.until("no mirror", () -> server.get(MIRROR) == null);
  }

  @Test
  void aRestartAdoptsThePodAndItsMirror() throws Exception {
    write("1");
    start();
    PodKey pod = handed("1");
    handler.remember(handler.synced().getFirst());
    Await.until("mirror", () -> server.get(MIRROR) != null);
    String mirror = text(MIRROR, "metadata", "uid");
    controller.close();
    newController(folder);
    start();
    Await.until("handed over again", () -> handler.synced().size() == 2);
    assertEquals(pod, PodCache.keyOf(handler.synced().getLast()));
    handler.reporterOf(pod).report(running("again"));
    Await.until("status", () -> "again".equals(text(MIRROR, "status", "message")));
    assertEquals(mirror, text(MIRROR, "metadata", "uid"));
    assertEquals(List.of(), handler.terminations());
  }

  @Test
  void takesAMirrorOfWhichNoWatchHasTold() throws Exception {
    write("1");
    server.failAlways(request -> request.query().contains("watch=true"), 503);
    start();
    PodKey pod = handed("1");
    handler.reporterOf(pod).report(running("first"));
    Await.until("status", () -> "first".equals(text(MIRROR, "status", "message")));
    handler.reporterOf(pod).report(running("second"));
    Await.until("status", () -> "second".equals(text(MIRROR, "status", "message")));
    assertTrue(server.count("GET", MIRROR) > 0);
  }

  @Test
  void touchesNoOtherPodOfItsName() throws Exception {
    server.putPod(NAME, "uid-of-another");
    write("1");
    start();
    handed("1");
    Await.until("attempts", () -> server.count("POST", PODS) > 1);
    assertEquals("uid-of-another", text(MIRROR, "metadata", "uid"));
    assertEquals(0, server.count("DELETE", MIRROR));
    server.remove(MIRROR);
    Await.until("mirror", () -> !annotation("kubernetes.io/config.mirror").isEmpty());
  }

  @Test
  void runsUnderPressureAsCriticalPodsDo() throws Exception {
    pressures.set(List.of("DiskPressure"));
    write("1");
    start();
    handed("1");
  }

  @Test
  void hasNoMirrorBeforeTheNodeHasAUid() throws Exception {
    nodeUid.set(Optional.empty());
    write("1");
    start();
    PodKey pod = handed("1");
    assertEquals(0, server.count("POST", PODS));
    nodeUid.set(Optional.of("node-uid"));
    handler.reporterOf(pod).report(running("wakes"));
    Await.until("status", () -> "wakes".equals(text(MIRROR, "status", "message")));
  }

  private void start() {
    controller.start();
    controller.follow();
    Await.until("listed", () -> controller.synchronised().getCount() == 0);
  }

  /** Writes the pod's file, and has it look as if that were long ago. */
  private void write(String version) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("alarm.yaml"),
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: alarm, namespace: n, labels: {version: "%s"}}
            spec:
              terminationGracePeriodSeconds: 7
              containers: [{name: main, image: x}]
            """
                .formatted(version));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
  }

  /** Waits until that version was handed over. */
  private PodKey handed(String version) {
    AtomicReference<PodKey> key = new AtomicReference<>();
    Await.until(
        "version " + version,
        () ->
            handler.synced().stream()
                .filter(pod -> version.equals(pod.getMetadata().getLabels().get("version")))
                .peek(pod -> key.set(PodCache.keyOf(pod)))
                .findFirst()
                .isPresent());
    return key.get();
  }

  private String annotation(String key) {
    JsonObject mirror = server.get(MIRROR);
    return mirror == null
        ? ""
        : text(mirror.getAsJsonObject("metadata").getAsJsonObject("annotations"), key);
  }

  private String text(String path, String section, String field) {
    JsonObject object = server.get(path);
    return object == null ? "" : text(object.getAsJsonObject(section), field);
  }

  private static String text(JsonElement object, String field) {
    return object instanceof JsonObject fields && fields.get(field) instanceof JsonPrimitive value
        ? value.getAsString()
        : "";
  }

  private static PodReport running(String message) {
    return new PodReport(Phase.RUNNING, null, message, List.of(), List.of());
  }
}
