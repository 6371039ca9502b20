package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.e2e.Faults.Answer;
import io.hiberlet.e2e.Faults.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a node makes of a server that fails in all the ways in which servers fail: each scenario is
 * one of the {@link Rounds}.
 *
 * <p>Which requests are hit is drawn from a seed: {@code -Dhiberlet.faults.seed=…}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UnreliableServer {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Together more than the thousand events that a node keeps. */
  private static final int BUSY_PODS = 15;

  private static final int ERRANDS = 75;

  private static final long SEED = Long.getLong("hiberlet.faults.seed", System.nanoTime());

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private FaultyWay way;
  private Rounds rounds;

  UnreliableServer(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  /** Ends the server as an operating system that has no memory left would, and starts it anew. */
  abstract void restartServer() throws IOException;

  /**
   * A row of the table.
   *
   * @param sentence what is wrong
   * @param begins cuts the watches first, so that they are opened while it is wrong
   */
  record Scenario(String sentence, Faults faults, boolean begins) {
    Scenario(String sentence, Faults faults) {
      this(sentence, faults, false);
    }

    @Override
    public String toString() {
      return sentence;
    }
  }

  static Stream<Scenario> scenarios() {
    Answer busy = Answer.status(429, "TooManyRequests").with("Retry-After", "1");
    Answer gone = Answer.status(410, "Expired");
    Answer expired =
        new Answer(
            200,
            Map.of(),
            "{\"type\": \"ERROR\", \"object\": " + gone.body().replace("\n", "") + "}\n");
    return Stream.of(
        new Scenario(
            "The server answers 500 to every third request",
            Faults.random(12, Call::isAny, Answer.status(500, "InternalError"), SEED)),
        new Scenario(
            "The server is too busy and says when to come again (429)",
            Faults.random(8, Call::isAny, busy, SEED + 1)),
        new Scenario(
            "The server has forgotten the history of the pods, and says so at once (410)",
            Faults.first(1, Call::watch, gone),
            true),
        new Scenario(
            "The server has forgotten the history of the pods, and says so in the watch (410)",
            Faults.first(1, Call::watch, expired),
            true),
        new Scenario(
            "The server refuses to open watches (503)",
            Faults.first(2, Call::watch, Answer.status(503, "ServiceUnavailable")),
            true),
        new Scenario(
            "Every third answer takes half a second",
            Faults.random(12, Call::isAny, new Faults.Slow(Duration.ofMillis(500)), SEED + 2)),
        new Scenario(
            "Every third connection is reset",
            Faults.random(12, Call::isAny, new Faults.Reset(), SEED + 3)),
        new Scenario(
            "What the server did is lost on the way back",
            Faults.random(8, Call::isWrite, new Faults.LostAnswer(), SEED + 4)),
        new Scenario("Watches are cut in the middle of an event", Faults.cutting(4, SEED + 5)),
        new Scenario(
            "The server has just started, and finds no pod yet that its node wants to change (404)",
            Faults.random(6, Call::isOfPods, Answer.status(404, "NotFound"), SEED + 6)),
        new Scenario(
            "The server takes no status for a while",
            Faults.first(4, Call::isOfStatus, Answer.status(500, "InternalError"))),
        new Scenario(
            "The server takes no events for a while",
            Faults.first(2, Call::isOfEvents, Answer.status(503, "ServiceUnavailable"))),
        new Scenario(
            "What pods name cannot be read for a while",
            Faults.first(1, Call::isOfConfigMap, Answer.status(500, "InternalError"))));
  }

  @BeforeAll
  void startNode() throws Exception {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-9");
    rounds = new Rounds(kubectl, node);
    Files.copy(
        Repository.file("agent/src/test/resources/wasm/errand.wasm"),
        node.modules().resolve("errand.wasm"));
    kubectl.get("create", "configmap", "colours", "--from-literal=COLOUR=blue");
    way = FaultyWay.before(node.kubeconfig());
    node.startAgain();
    node.awaitReady(kubectl);
    rounds.beginFirst();
  }

  @AfterAll
  void stopNode() {
    wayIsClear();
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "configmap", "colours");
    node.close();
    way.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  void allComesToItsEnd(Scenario scenario) {
    way.lay(scenario.faults());
    if (scenario.begins()) {
      way.cutWatches();
    }
    rounds.begin();
    rounds.awaitEnd(scenario + ", seed " + SEED, this::wayIsClear);
    assertTrue(scenario.faults().struck() > 0, "nothing was wrong");
  }

  @Test
  @DisplayName("The server is killed and started anew midway")
  void theServerIsRestarted() throws IOException {
    rounds.begin();
    restartServer();
    rounds.awaitEnd("restart", () -> {});
  }

  @Test
  @DisplayName("The agent is killed while events wait, and another one sends them")
  void theAgentIsKilledWhileEventsWait() {
    Faults faults = noEvents();
    way.lay(faults);
    rounds.begin();
    await("an event that is refused").atMost(PATIENCE).until(() -> faults.struck() > 1);
    rounds.awaitPhases("kill");
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated", // or it would have to begin anew
        "pod/" + rounds.stays(),
        "--timeout=90s");
    node.agent().kill();
    wayIsClear();
    node.startAgain();
    rounds.awaitEnd("kill", () -> {});
  }

  @Test
  @DisplayName("More happens than the node keeps words for, while the server takes none")
  void theQueueOfEventsIsFull() {
    way.lay(noEvents());
    kubectl.apply(
        IntStream.range(0, BUSY_PODS)
            .mapToObj(this::podOfManyErrands)
            .collect(Collectors.joining("---\n")));
    kubectl.get("wait", "pod", "-l", "busy=yes", "--for=condition=Initialized", "--timeout=120s");
    assertTrue(node.agent().log().contains("Too many events wait"), node.agent().log());
    wayIsClear();
    await("the confession")
        .atMost(PATIENCE)
        .until(() -> node.agent().log().contains("Events were lost"));
    kubectl.get("delete", "pod", "-l", "busy=yes", "--wait=false");
    rounds.begin();
    rounds.awaitEnd("after the flood", () -> {});
  }

  private static Faults noEvents() {
    return Faults.first(Integer.MAX_VALUE, Call::isOfEvents, Answer.status(500, "InternalError"));
  }

  private void wayIsClear() {
    way.lay(Faults.none());
  }

  /** Each is told in an event. */
  private String podOfManyErrands(int number) {
    String errands =
        IntStream.range(0, ERRANDS)
            .mapToObj("{name: errand-%d, image: x, args: [done, \"0\"]}"::formatted)
            .collect(Collectors.joining(", "));
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: busy-%d
      namespace: default
      labels: {busy: "yes"}
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:errand.wasm"}
    spec:
      nodeName: %s
      restartPolicy: Never
      automountServiceAccountToken: false
      initContainers: [%s]
      containers: [{name: main, image: x, args: [done, "0"]}]
    """
        .formatted(number, node.name(), errands);
  }
}
