package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** How pods live and end, as their users see it with kubectl. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class PodLives {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String PHASE = "{.status.phase}";
  private static final String END =
      "{.status.containerStatuses[0].state.terminated.reason}"
          + " {.status.containerStatuses[0].state.terminated.exitCode}";
  private static final String RESTARTS = "{.status.containerStatuses[*].restartCount}";

  /** Of the probes, which are made every second. */
  private static final Duration SEVERAL_PERIODS = Duration.ofSeconds(2);

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private GuestPods pods;

  PodLives(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-6");
    pods = new GuestPods(node);
    pods.install();
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    Reaper.install(kubectl);
    kubectl.apply(probedReaper());
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "pod", "-n", Reaper.NAMESPACE, "probed", "--timeout=60s");
    kubectl.run("delete", "configmap", "signal");
    node.close();
  }

  Kubectl kubectl() {
    return kubectl;
  }

  GuestPods pods() {
    return pods;
  }

  @Test
  @Order(1)
  @DisplayName("A controller is ready when its exec handler says so")
  void readiness() {
    await("readiness before the first sleep")
        .atMost(PATIENCE)
        .until(
            () ->
                reaper(condition("Ready", "status") + condition("hiberlet.io/Hibernated", "status"))
                    .equals("TrueFalse"));
  }

  @Test
  @Order(2)
  @DisplayName("A command that exits with 0 succeeds, and kubectl logs shows what it printed")
  void success() {
    apply(
        "greets",
        """
        restartPolicy: Never
        containers: [{name: main, image: x, args: [hello, "0"]}]
        """);
    awaitStatus("greets", PHASE, "Succeeded");
    assertEquals("Completed 0", status("greets", END));
    assertEquals("hello\n", log("greets", "main"));
  }

  @Test
  @Order(3)
  @DisplayName("A command that exits with another code fails with that")
  void failure() {
    apply(
        "fails",
        """
        restartPolicy: Never
        containers: [{name: main, image: x, args: [alas, "3"]}]
        """);
    awaitStatus("fails", PHASE, "Failed");
    assertEquals("Error 3", status("fails", END));
    assertEquals("alas\n", log("fails", "main"));
  }

  @Test
  @Order(4)
  @DisplayName("kubectl logs -f goes on when a container is started again, and ends with its pod")
  void followedThroughRestarts() {
    apply("again", "containers: [{name: errand, image: x, args: [here, \"0\"]}]\n");
    await("the first run")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("logs", "again").stdout().contains("here"));
    try (Following following = Following.logs(kubectl, "default", "again")) {
      following.awaitLine("here", 2);
      kubectl.get("delete", "pod", "again", "--wait=false");
      following.awaitEnd();
    }
  }

  @Test
  @Order(4)
  @DisplayName("The log of a container that runs wild has not all of it, and says so")
  void runawayWriter() {
    apply("wild", "restartPolicy: Never\ncontainers: [{name: chatter, image: x}]\n");
    awaitStatus("wild", PHASE, "Succeeded");
    String log = kubectl.get("logs", "wild", "--tail=2");
    assertTrue(log.contains("are left out here, as more than 256 KiB/s came for too long"), log);
  }

  @Test
  @Order(4)
  @DisplayName("Init containers run one after the other, each to its end, and share files")
  void initContainers() {
    apply(
        "staged",
        """
        initContainers:
        - {name: first, image: x, args: [one, "0"], volumeMounts: [{name: v, mountPath: /data}]}
        - name: second
          image: x
          args: [two, "0"]
          envFrom: [{configMapRef: {name: signal}}]
          volumeMounts: [{name: v, mountPath: /data}]
        containers: [{name: echo, image: x}]
        volumes: [{name: v, emptyDir: {}}]
        """);
    awaitStatus(
        "staged",
        "{.status.phase} {.status.initContainerStatuses[*].ready} "
            + condition("Initialized", "message"),
        "Pending true false containers with incomplete status: [second]");
    awaitRow("staged +0/1 +Init:CreateContainerConfigError +0 .*");
    kubectl.get("create", "configmap", "signal", "--from-literal=GO=now");
    kubectl.get("wait", "--for=condition=Ready", "pod/staged", "--timeout=90s");
    assertEquals(
        "Running True", status("staged", PHASE + " " + condition("Initialized", "status")));
    assertEquals("one\n", log("staged", "first"));
    assertEquals("one\ntwo\n", log("staged", "second"));
  }

  @Test
  @Order(5)
  @DisplayName("A pod whose init container fails for good has failed, and begins nothing else")
  void failingInitContainer() {
    apply(
        "unlucky",
        """
        restartPolicy: Never
        initContainers: [{name: first, image: x, args: [no luck, "4"]}]
        containers: [{name: echo, image: x}]
        """);
    awaitStatus("unlucky", PHASE, "Failed");
    assertEquals(
        "4 PodInitializing",
        status(
            "unlucky",
            "{.status.initContainerStatuses[0].state.terminated.exitCode}"
                + " {.status.containerStatuses[0].state.waiting.reason}"));
    awaitRow("unlucky +0/1 +Init:Error +0 .*");
  }

  @Test
  @Order(6)
  @DisplayName("A sidecar runs beside the main container, and does not outlive it")
  void sidecar() {
    String pod =
        pods.pod(
            "accompanied",
            """
            restartPolicy: Never
            initContainers: [{name: echo, image: x, restartPolicy: Always}]
            containers: [{name: main, image: x, args: [done, "0"]}]
            """);
    kubectl.runWithInput(pod, "create", "--validate=false", "-f", "-").orThrow();
    assumeFalse(
        status("accompanied", "{.spec.initContainers[0].restartPolicy}").isEmpty(),
        "this API server knows no sidecars (Kubernetes 1.28)");
    awaitStatus("accompanied", PHASE, "Succeeded");
    assertEquals(
        "Completed",
        status("accompanied", "{.status.initContainerStatuses[0].state.terminated.reason}"));
    assertEquals("done\n", log("accompanied", "main"));
  }

  @Test
  @Order(7)
  @DisplayName("A container whose liveness probe fails is started again, however well it stops")
  void liveness() {
    String ailing =
        pods.pod(
            "ailing",
            """
            restartPolicy: OnFailure
            containers:
            - name: echo
              image: x
              livenessProbe: {exec: {command: [ill]}, periodSeconds: 1, failureThreshold: 1}
            """);
    // Whoever sleeps before the first probe is well.
    kubectl.apply(
        ailing.replace(
            "hiberlet.io/controller: v1",
            "hiberlet.io/controller: v1, hiberlet.io/idle-after: 1m"));
    await("a restart").atMost(PATIENCE).until(() -> status("ailing", RESTARTS).matches("[1-9]"));
    awaitEvent("ailing", "Unhealthy", "Liveness probe failed");
    awaitEvent("ailing", "Killing", "Container echo failed liveness probe, will be restarted");
  }

  @Test
  @Order(8)
  @DisplayName("A pod that is on the node for longer than its deadline has failed")
  void deadline() {
    apply(
        "late",
        """
        activeDeadlineSeconds: 2
        containers: [{name: echo, image: x}]
        """);
    awaitStatus("late", "{.status.phase} {.status.reason}", "Failed DeadlineExceeded");
    assertEquals(
        "Pod was active on the node longer than the specified deadline",
        status("late", "{.status.message}"));
  }

  @Test
  @Order(9)
  @DisplayName("A guest that fails for want of memory is told as OOMKilled")
  void memoryLimit() {
    apply(
        "hungry",
        """
        restartPolicy: Never
        containers:
        - {name: command, image: x, args: [a, b, c], resources: {limits: {memory: 1Mi}}}
        """);
    awaitStatus("hungry", END, "OOMKilled 137");
    awaitRow("hungry +0/1 +OOMKilled +0 .*");
  }

  @Test
  @Order(10)
  @DisplayName("A pod that has the name of a deleted one has nothing else of it")
  void reusedName() {
    String life =
        """
        restartPolicy: OnFailure
        containers:
        - {name: main, image: x, args: [old, "1"], volumeMounts: [{name: v, mountPath: /data}]}
        volumes: [{name: v, emptyDir: {}}]
        """;
    apply("reborn", life);
    awaitStatus("reborn", RESTARTS, "1");
    await("the old file").atMost(PATIENCE).until(() -> log("reborn", "main").equals("old\nold\n"));
    kubectl.get("delete", "pod", "reborn", "--timeout=60s");
    apply("reborn", life.replace("old, \"1\"", "new, \"0\""));
    awaitStatus("reborn", PHASE, "Succeeded");
    assertEquals(
        "0 ", status("reborn", RESTARTS + " {.status.containerStatuses[0].lastState.terminated}"));
    assertEquals("new\n", log("reborn", "main"));
  }

  @Test
  @Order(11)
  @DisplayName("Another module restarts the container that it is for, and no other")
  void changedModule() {
    apply("changing", "containers: [{name: echo, image: x}, {name: other, image: x}]\n");
    kubectl.get("wait", "--for=condition=Ready", "pod/changing", "--timeout=90s");
    kubectl.get(
        "annotate", "--overwrite", "pod/changing", "module.hiberlet.io/other=" + GuestPods.SLEEPER);
    awaitStatus("changing", RESTARTS, "0 1");
    awaitStatus("changing", PHASE + " " + condition("Ready", "status"), "Running True");
    assertNotEquals(imageId("changing", 0), imageId("changing", 1));
    awaitEvent("changing", "Killing", "Container other definition changed, will be restarted");
  }

  @Test
  @Order(12)
  @DisplayName("A controller that sleeps stays ready, and its probes do not wake it")
  void sleepWithProbes() {
    String conditions =
        condition("Ready", "status")
            + " "
            + condition("Ready", "lastTransitionTime")
            + " "
            + condition("hiberlet.io/Hibernated", "lastTransitionTime");
    Reaper.awaitSleep(kubectl, "probed");
    String asleep = reaper(conditions);
    Instant since =
        Instant.parse(reaper(condition("hiberlet.io/Hibernated", "lastTransitionTime")));
    await("several periods")
        .atMost(PATIENCE)
        .until(() -> Instant.now().isAfter(since.plus(SEVERAL_PERIODS)));
    assertTrue(asleep.startsWith("True "), asleep);
    assertEquals(asleep, reaper(conditions));
    assertEquals("0", reaper(RESTARTS));
  }

  /** It stays in memory for longer than its first probe may take. */
  private static String probedReaper() {
    return Reaper.pod("probed")
        .replace(
            "    hiberlet.io/controller: v1\n",
            "    hiberlet.io/controller: v1\n    hiberlet.io/idle-after: 4s\n")
        .replace(
            "      image: pod-reaper\n",
            """
                  image: pod-reaper
                  readinessProbe: {exec: {command: [status]}, periodSeconds: 1}
                  livenessProbe: {exec: {command: [hiberlet, probe]}, periodSeconds: 1}
            """);
  }

  private void apply(String name, String spec) {
    kubectl.apply(pods.pod(name, spec));
  }

  private void awaitStatus(String pod, String path, String expected) {
    await(pod + ": " + expected)
        .atMost(PATIENCE)
        .until(() -> status(pod, path), status -> status.equals(expected));
  }

  /** Waits until kubectl shows a pod so. */
  private void awaitRow(String pattern) {
    String pod = pattern.substring(0, pattern.indexOf(' '));
    await(pattern)
        .atMost(PATIENCE)
        .until(
            () -> kubectl.get("get", "pod", pod, "--no-headers").strip(),
            row -> row.matches(pattern));
  }

  private void awaitEvent(String pod, String reason, String message) {
    await(reason)
        .atMost(PATIENCE)
        .until(
            () -> kubectl.get("describe", "pod", pod).lines(),
            lines -> lines.anyMatch(line -> line.contains(reason) && line.contains(message)));
  }

  private String status(String pod, String path) {
    return kubectl.get("get", "pod", pod, "-o", "jsonpath=" + path);
  }

  private String reaper(String path) {
    return kubectl.get("get", "pod", "-n", Reaper.NAMESPACE, "probed", "-o", "jsonpath=" + path);
  }

  private String log(String pod, String container) {
    return kubectl.run("logs", pod, "-c", container).stdout();
  }

  private String imageId(String pod, int container) {
    return status(pod, "{.status.containerStatuses[%d].imageID}".formatted(container));
  }

  private static String condition(String type, String field) {
    return "{.status.conditions[?(@.type==\"%s\")].%s}".formatted(type, field);
  }
}
