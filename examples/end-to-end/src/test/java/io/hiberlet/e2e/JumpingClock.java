package io.hiberlet.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a node makes of a clock that jumps, as that of a device does which has no battery, once it
 * hears the time from elsewhere. Its agent sees the time through libfaketime; its way to the API
 * server is plain, because certificates rightly end with their time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JumpingClock {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private FaultyWay way;
  private Rounds rounds;

  JumpingClock(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws Exception {
    String faketime = faketime();
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-14");
    rounds = new Rounds(kubectl, node);
    kubectl.get("create", "configmap", "colours", "--from-literal=COLOUR=blue");
    way = FaultyWay.before(node.kubeconfig());
    setClock("+0");
    node.startAgain(
        Map.of(
            "LD_PRELOAD", faketime,
            "FAKETIME_TIMESTAMP_FILE", clock().toString(),
            "FAKETIME_CACHE_DURATION", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1",
            "NO_FAKE_STAT", "1"));
    node.awaitReady(kubectl);
    rounds.beginFirst();
  }

  @AfterAll
  void stopNode() {
    if (node != null) {
      kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
      kubectl.run("delete", "configmap", "colours");
      node.close();
      way.close();
    }
  }

  @ParameterizedTest(name = "The clock jumps {0} midway")
  @CsvSource({
    "two years ahead, +2y, 730",
    "back to last week, -7d, -7",
    "to the right time, +0, 0"
  })
  void allComesToItsEnd(String how, String offset, int days) throws IOException {
    setClock(offset);
    rounds.begin();
    await("a Lease with the time of the node")
        .atMost(PATIENCE)
        .until(() -> daysAhead(), ahead -> ahead == days);
    rounds.awaitEnd(how, () -> {});
    rounds.begin();
    rounds.awaitEnd("after it jumped " + how, () -> {});
    kubectl.get("wait", "--for=condition=Ready", "node/" + node.name(), "--timeout=5s");
    assertTrue(node.agent().isAlive(), node.agent().log());
  }

  /** How far the node's Lease is ahead of the time, in days. */
  private long daysAhead() {
    String renewed =
        kubectl.get(
            "get",
            "lease",
            "-n",
            "kube-node-lease",
            node.name(),
            "-o",
            "jsonpath={.spec.renewTime}");
    return Math.round(
        Duration.between(Instant.now(), Instant.parse(renewed)).toMinutes()
            / (double) Duration.ofDays(1).toMinutes());
  }

  /** In one go, because it is read at any time. */
  private void setClock(String offset) throws IOException {
    Path next = node.folder().resolve("clock.next");
    Files.writeString(next, offset + "\n");
    Files.move(next, clock(), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path clock() {
    return node.folder().resolve("clock");
  }

  private static String faketime() {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of("/usr/lib"))) {
      for (Path folder : folders) {
        Path library = folder.resolve("faketime/libfaketimeMT.so.1");
        if (Files.exists(library)) {
          return library.toString();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assumeTrue(false, "libfaketime is missing (Debian: apt-get install faketime)");
    return "";
  }
}
