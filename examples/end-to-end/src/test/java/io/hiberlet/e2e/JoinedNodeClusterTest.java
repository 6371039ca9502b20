package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.RealControlPlane;
import io.hiberlet.e2e.AuditLog.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The main job on a node that came with nothing but a bootstrap token, on a control plane that
 * writes down what it is asked and issues certificates for minutes only.
 */
@Tag("cluster")
final class JoinedNodeClusterTest extends MainJob {
  private static final String NODE = "system:node:edge-1";

  /** Of which signers of Kubernetes before 1.22 count 5 min as lived when they sign. */
  private static final String LIFE = "7m";

  private static final AuditLog AUDIT = AuditLog.in(folder());
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final ScheduledExecutorService approver = Executors.newSingleThreadScheduledExecutor();
  private ScheduledFuture<?> approving;

  JoinedNodeClusterTest() {
    super(() -> TestCluster.of(RealControlPlane.start(environment())).joined());
  }

  /** Nobody in Kubernetes approves serving certificates, of which there are many here. */
  @BeforeAll
  void approveServingCertificates() {
    approving =
        approver.scheduleWithFixedDelay(
            () -> ServingCertificates.approvePending(kubectl(), node().name()),
            0,
            1,
            TimeUnit.SECONDS);
  }

  @AfterAll
  void stopApproving() {
    assertFalse(approving.isDone(), "approving failed");
    approver.shutdownNow();
  }

  @Test
  @Order(90)
  void whatPodsNameIsReadOneByOne() throws IOException {
    Files.copy(
        Repository.file("agent/src/test/resources/wasm/files.wasm"),
        node().modules().resolve("files.wasm"));
    kubectl().apply(NamedObjects.OBJECTS);
    kubectl().apply(NamedObjects.pod(node().name()));
    kubectl().apply(NamedObjects.podWithPullSecret(node().name()));
    kubectl().get("wait", "--for=condition=Ready", "pod/configured", "--timeout=90s");
    for (String object : NamedObjects.PATHS) {
      await(object)
          .atMost(PATIENCE)
          .until(() -> !requests(entry -> entry.uri().contains(object)).isEmpty());
    }
    kubectl().get("delete", "pod", "configured", "private", "--timeout=60s");
  }

  @Test
  @Order(100)
  void theCertificateIsRenewedWhileTheAgentRuns() throws IOException {
    Path pem = node().folder().resolve("data/pki/kubelet-client.pem");
    for (Path secret : List.of(pem, node().kubeconfig())) {
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    }
    String before = Files.readString(pem);
    int endedBefore = endedWatches();
    await("a renewal").atMost(PATIENCE).until(() -> !Files.readString(pem).equals(before));
    awaitNextLease();
    assertEquals(endedBefore, endedWatches(), "the watch of the pods was cut");
    node().awaitReady(kubectl());
  }

  @Test
  @Order(101)
  void theNodeAsksForNothingButItsOwn() {
    List<Entry> all = requests(entry -> true);
    assertTrue(all.stream().anyMatch(entry -> entry.resource().equals("leases")), "no leases?");
    assertTrue(all.stream().anyMatch(entry -> entry.verb().equals("watch")), "no watches?");
    assertEquals(List.of(), all.stream().filter(Entry::isRefused).toList(), "refused");
    assertEquals(
        List.of(),
        all.stream().filter(Entry::isWide).filter(entry -> !isOfItsPods(entry)).toList(),
        "lists and watches that are not for this node's pods alone");
    Map<String, Integer> counts = new TreeMap<>();
    all.stream()
        .filter(Entry::ended)
        .forEach(entry -> counts.merge(entry.verb() + " " + entry.resource(), 1, Integer::sum));
    System.out.println("requests of the node: " + counts);
  }

  private static boolean isOfItsPods(Entry entry) {
    return entry.resource().equals("pods")
        && entry.uri().contains("fieldSelector=spec.nodeName=edge-1");
  }

  private int endedWatches() {
    return requests(entry -> entry.verb().equals("watch") && entry.ended()).size();
  }

  /** A request of the node after which everything that was refused would be in the log. */
  private void awaitNextLease() {
    Predicate<Entry> renewals = entry -> entry.resource().equals("leases");
    int before = requests(renewals).size();
    await("two more leases").atMost(PATIENCE).until(() -> requests(renewals).size() > before + 1);
  }

  /** Of the node, of the token it came with, and of nobody. */
  private List<Entry> requests(Predicate<Entry> which) {
    return AUDIT.entries().stream()
        .filter(
            entry ->
                entry.user().equals(NODE)
                    || entry.user().startsWith("system:bootstrap:")
                    || entry.user().equals("system:anonymous"))
        .filter(which)
        .toList();
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(AUDIT.flags());
    environment.put("CONTROLLER_MANAGER_FLAGS", "--cluster-signing-duration=" + LIFE);
    return environment;
  }

  private static Path folder() {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      return Files.createTempDirectory(target, "audit-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
