package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a node makes of a clock that jumps, as that of a device does which has no battery, once it
 * hears the time from elsewhere. Its agent has {@code clock.c} preloaded; its way to the API server
 * is plain, because certificates rightly end with their time.
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
    assumeTrue(hasCompiler(), "gcc is missing (Debian: apt-get install gcc libc6-dev)");
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-14");
    rounds = new Rounds(kubectl, node);
    kubectl.get("create", "configmap", "colours", "--from-literal=COLOUR=blue");
    way = FaultyWay.before(node.kubeconfig());
    setClock(0);
    node.startAgain(
        Map.of("LD_PRELOAD", compiled().toString(), "CLOCK_OFFSET", clock().toString()));
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
  @CsvSource({"two years ahead, 730", "back to last week, -7", "to the right time, 0"})
  void allComesToItsEnd(String how, int days) throws IOException {
    setClock(days);
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

  private static boolean hasCompiler() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
  }

  private void setClock(int daysAhead) throws IOException {
    ByteBuffer offset = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    offset.putLong(Duration.ofDays(daysAhead).toSeconds()).flip();
    try (FileChannel file =
        FileChannel.open(clock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(offset, 0);
    }
  }

  private Path clock() {
    return node.folder().resolve("clock");
  }

  private Path compiled() {
    Path library = node.folder().resolve("clock.so");
    Path source = Repository.file("examples/end-to-end/src/test/native/clock.c");
    Command.run(
            Map.of(),
            "",
            List.of("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString()))
        .orThrow();
    return library;
  }
}
