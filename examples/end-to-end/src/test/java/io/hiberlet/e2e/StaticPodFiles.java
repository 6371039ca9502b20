package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The life of a static pod, one story in several parts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class StaticPodFiles {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String NODE = "edge-12";
  private static final String POD = "alarm-" + NODE;
  private static final String UID = "{.metadata.uid}";
  private static final String STATIC_UID =
      "{.metadata.annotations.kubernetes\\.io/config\\.mirror}";
  private static final String SLEEPS =
      "{.status.phase} {.status.conditions[?(@.type==\"hiberlet.io/Hibernated\")].status}";

  /** What only a start of the container changes. */
  private static final String LIFE =
      "{.status.containerStatuses[0].restartCount}"
          + " {.status.containerStatuses[0].state.running.startedAt}";

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private GuestPods guests;
  private Path folder;

  StaticPodFiles(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, NODE);
    guests = new GuestPods(node);
    guests.install();
    folder = Files.createDirectory(node.folder().resolve("static"));
    Files.writeString(
        node.folder().resolve("agent.yaml"), "staticPodPath: static\n", StandardOpenOption.APPEND);
    write("alarm.yaml", alarm("one"));
    node.startAgain();
    ServingCertificates.approveFor(kubectl, NODE);
    node.awaitReady(kubectl);
  }

  @AfterAll
  void stopNode() {
    node.close();
    kubectl.run("delete", "pod", POD, "--force", "--grace-period=0");
  }

  @Test
  @Order(1)
  @DisplayName("A file becomes a pod, which its mirror shows")
  void mirror() {
    awaitPod(SLEEPS, "Running True");
    assertEquals("Node " + NODE, pod("{.metadata.ownerReferences[*]['kind','name']}"));
  }

  @Test
  @Order(2)
  @DisplayName("kubectl logs and exec of the mirror reach the static pod")
  void access() {
    assertEquals("one\n", kubectl.get("logs", POD, "-c", "errand"));
    assertEquals(0, kubectl.run("exec", POD, "-c", "echo", "--", "hiberlet", "status").exitCode());
  }

  @Test
  @Order(3)
  @DisplayName("Whoever deletes the mirror does not end the pod")
  void deletedMirror() {
    String life = pod(LIFE);
    String mirror = pod(UID);
    String own = pod(STATIC_UID);
    kubectl.get("delete", "pod", POD, "--timeout=60s", "--wait=false");
    await("another mirror")
        .atMost(PATIENCE)
        .until(() -> podIfAny(UID), uid -> !uid.isEmpty() && !uid.equals(mirror));
    awaitPod(LIFE, life);
    assertEquals(own, pod(STATIC_UID));
  }

  @Test
  @Order(4)
  @DisplayName(
      "The pod goes on where it was when the agent is restarted, and its file is bad meanwhile")
  void restart() throws IOException {
    awaitPod(SLEEPS, "Running True");
    String before = pod(UID + STATIC_UID + LIFE);
    node.agent().kill();
    write("alarm.yaml", alarm("one") + "  serviceAccountName: default\n");
    node.startAgain();
    await("the event")
        .atMost(PATIENCE)
        .until(
            () -> kubectl.get("get", "events", "-A", "-o", "jsonpath={.items[*].message}"),
            text -> text.contains("alarm.yaml: static pods may not reference serviceaccounts"));
    node.awaitReady(kubectl);
    assertEquals(0, kubectl.run("exec", POD, "-c", "echo", "--", "hiberlet", "status").exitCode());
    assertEquals(before, pod(UID + STATIC_UID + LIFE));
  }

  @Test
  @Order(5)
  @DisplayName("Another file is another pod")
  void changedFile() throws IOException {
    String own = pod(STATIC_UID);
    write("alarm.yaml", alarm("two"));
    await("another static pod")
        .atMost(PATIENCE)
        .until(() -> podIfAny(STATIC_UID), uid -> !uid.isEmpty() && !uid.equals(own));
    awaitPod(SLEEPS, "Running True");
    assertEquals("two\n", kubectl.get("logs", POD, "-c", "errand"));
    assertNotEquals(own, pod(STATIC_UID));
  }

  @Test
  @Order(6)
  @DisplayName("Without its file the pod is gone")
  void removedFile() throws IOException {
    String own = pod(STATIC_UID);
    Files.delete(folder.resolve("alarm.yaml"));
    await("no mirror").atMost(PATIENCE).until(() -> podIfAny(UID), String::isEmpty);
    assertFalse(Files.exists(node.folder().resolve("data/pods").resolve(own)));
  }

  private String alarm(String word) {
    return guests.pod(
        "alarm",
        """
        initContainers: [{name: errand, image: x, args: [%s, "0"]}]
        containers: [{name: echo, image: x}]
        """
            .formatted(word));
  }

  /** As whole, or not at all. */
  private void write(String file, String text) throws IOException {
    Path hidden = Files.writeString(folder.resolve("." + file), text);
    Files.move(hidden, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitPod(String path, String expected) {
    await(expected).atMost(PATIENCE).until(() -> podIfAny(path), expected::equals);
  }

  private String pod(String path) {
    return kubectl.get("get", "pod", POD, "-o", "jsonpath=" + path);
  }

  /** Empty when there is no such pod. */
  private String podIfAny(String path) {
    return kubectl.run("get", "pod", POD, "-o", "jsonpath=" + path).stdout();
  }
}
