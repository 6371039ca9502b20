package io.hiberlet.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.hiberlet.e2e.Faults.Answer;
import io.hiberlet.e2e.Faults.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a node makes of a server that fails in all the ways in which servers fail. In each scenario
 * one pod runs to its end, one stays, and one that was there is deleted, while faults strike. In
 * the end all of it must be as if nothing had been, and no word may be missing.
 *
 * <p>Which requests are hit is drawn from a seed: {@code -Dhiberlet.faults.seed=…}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UnreliableServer {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long SEED = Long.getLong("hiberlet.faults.seed", System.nanoTime());

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private FaultyWay way;
  private int round;

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
    Files.copy(Repository.file(Workloads.SLEEPER), node.modules().resolve("sleeper.wasm"));
    Files.copy(Repository.file(Workloads.ENDS), node.modules().resolve("ends.wasm"));
    kubectl.get("create", "configmap", "colours", "--from-literal=COLOUR=blue");
    way = FaultyWay.before(node.kubeconfig());
    node.startAgain();
    node.awaitReady(kubectl);
    kubectl.apply(pods(0));
    await("the first pods").atMost(PATIENCE).until(() -> phases().equals("Succeeded Running"));
  }

  @AfterAll
  void stopNode() {
    way.lay(Faults.none());
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
    begin();
    awaitEnd(scenario + ", seed " + SEED);
    assertTrue(scenario.faults().struck() > 0, "nothing was wrong");
  }

  @Test
  @DisplayName("The server is killed and started anew midway")
  void theServerIsRestarted() throws IOException {
    begin();
    restartServer();
    awaitEnd("restart");
  }

  @Test
  @DisplayName("The agent is killed while events wait, and another one sends them")
  void theAgentIsKilledWhileEventsWait() {
    Faults faults =
        Faults.first(Integer.MAX_VALUE, Call::isOfEvents, Answer.status(500, "InternalError"));
    way.lay(faults);
    begin();
    await("an event that is refused").atMost(PATIENCE).until(() -> faults.struck() > 1);
    await("the pods").atMost(PATIENCE).until(() -> phases().equals("Succeeded Running"));
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated", // or it would have to begin anew
        "pod/stays-" + round,
        "--timeout=90s");
    node.agent().kill();
    way.lay(Faults.none());
    node.startAgain();
    awaitEnd("kill");
  }

  /** Asks for three things at once. */
  private void begin() {
    kubectl.get("delete", "pod", "stays-" + round, "--wait=false");
    round++;
    kubectl.apply(pods(round));
  }

  private void awaitEnd(String what) {
    await(what + ": the phases")
        .atMost(PATIENCE)
        .until(() -> phases(), phases -> phases.equals("Succeeded Running"));
    way.lay(Faults.none());
    await(what + ": the end of the pod that was deleted")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "pod", "stays-" + (round - 1)).exitCode() != 0);
    await(what + ": the events").atMost(PATIENCE).until(() -> started().size() >= 2);
    assertEquals(List.of("ends-" + round + " × 1", "stays-" + round + " × 1"), started());
    assertEquals("0 0", ofBoth("{.status.containerStatuses[0].restartCount}"));
  }

  /** Which of the pods were said to have started, and how often. */
  private List<String> started() {
    JsonArray events =
        JsonParser.parseString(
                kubectl.get("get", "events", "--field-selector=reason=Started", "-o", "json"))
            .getAsJsonObject()
            .getAsJsonArray("items");
    return events.asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(
            event ->
                event.getAsJsonObject("involvedObject").get("name").getAsString()
                    + " × "
                    + event.get("count").getAsInt())
        .filter(event -> event.matches("(ends|stays)-" + round + " .*"))
        .sorted()
        .toList();
  }

  private String phases() {
    return ofBoth("{.status.phase}");
  }

  /** What a JSONPath says of the pod that ends and the one that stays. */
  private String ofBoth(String path) {
    return kubectl
        .run(
            "get",
            "pod",
            "ends-" + round,
            "stays-" + round,
            "-o",
            "jsonpath={range .items[*]}" + path + " {end}")
        .stdout()
        .strip();
  }

  private String pods(int number) {
    return pod("ends-" + number, "ends.wasm") + "---\n" + pod("stays-" + number, "sleeper.wasm");
  }

  private String pod(String name, String module) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: default
      annotations: {hiberlet.io/controller: v1, "hiberlet.io/module": "file:%s"}
    spec:
      nodeName: %s
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      containers: [{name: main, image: x, envFrom: [{configMapRef: {name: colours}}]}]
    """
        .formatted(name, module, node.name());
  }
}
