package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The example with a custom resource, in Go with client-go: what its README promises, by an
 * operator that sleeps in between. The tests are one story, told in order.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ProfileOperator {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String NAMESPACE = "profile-operator";
  private static final Example EXAMPLE = new Example(NAMESPACE);
  private static final String OWNER = "{.metadata.labels.example\\.hiberlet\\.io/profile}";

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private @Nullable NodeUnderTest node;
  private String started = "";

  ProfileOperator(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startOperator() throws IOException {
    Path module = GoModules.build(NAMESPACE);
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    assumeTrue(
        Freight.of(kubectl) == Freight.TEST_RESOURCE,
        "Skipped, this API server keeps no custom resources");
    NodeUnderTest operators = NodeUnderTest.start(cluster, "edge-21");
    node = operators;
    ServingCertificates.approveFor(kubectl, operators.name());
    Files.copy(module, operators.modules().resolve("profile-operator.wasm"));
    operators.awaitReady(kubectl);
    kubectl.get("apply", "-f", Repository.file("examples/runtimeclass.yaml").toString());
    kubectl.apply(EXAMPLE.manifest("crd"));
    kubectl.get(
        "wait", "--for=condition=Established", "crd/profiles.example.hiberlet.io", "--timeout=60s");
    kubectl.apply(EXAMPLE.manifest("profile-operator"));
    GoModules.awaitReady(kubectl, NAMESPACE);
    awaitSleep();
    started = containerStarted();
  }

  @AfterAll
  void stopOperator() {
    if (node != null) {
      kubectl.run("delete", "profiles", "-n", NAMESPACE, "--all", "--timeout=60s");
      EXAMPLE.remove(kubectl);
      node.close();
      for (String manifest : List.of("profile-operator", "crd")) {
        kubectl.runWithInput(
            EXAMPLE.manifest(manifest), "delete", "--ignore-not-found", "--wait=false", "-f", "-");
      }
    }
  }

  @Test
  @Order(1)
  @DisplayName("A profile comes into its namespaces, and its status, finalizer and event say so")
  void spreads() {
    kubectl.apply(EXAMPLE.manifest("profile"));
    awaitStatus("colours", "1 True Spread 1 [\"profile-a\",\"profile-b\"]");
    assertEquals("blue", sky("profile-a", "colours"));
    assertEquals("blue", sky("profile-b", "colours"));
    assertEquals("profile-operator.colours", field("profile-a", "colours", OWNER));
    assertEquals("[\"example.hiberlet.io/copies\"]", profile("colours", "{.metadata.finalizers}"));
    awaitEvents("colours", List.of("Normal Spread in 2 namespaces"));
    awaitSleep();
  }

  @Test
  @Order(2)
  @DisplayName("A change wakes the operator, and the copies that shall not be any more go")
  void follows() {
    patch("colours", "{\"spec\":{\"data\":{\"sky\":\"grey\"}}}");
    awaitStatus("colours", "2 True Spread 2 [\"profile-a\",\"profile-b\"]");
    assertEquals("grey", sky("profile-a", "colours"));
    awaitSleep();
    patch("colours", "{\"spec\":{\"namespaces\":[\"profile-a\"]}}");
    awaitStatus("colours", "3 True Spread 3 [\"profile-a\"]");
    assertEquals("", copies("profile-b"));
    awaitEvents(
        "colours", List.of("Normal Spread in 1 namespaces", "Normal Spread in 2 namespaces"));
    awaitSleep();
  }

  @Test
  @Order(3)
  @DisplayName("What is somebody else's, or forbidden, is told once, and tried until it goes well")
  void triesAgain() {
    kubectl.get("create", "configmap", "-n", "profile-b", "tones", "--from-literal=sky=theirs");
    kubectl.apply(EXAMPLE.manifest("profile").replace("colours", "tones"));
    awaitStatus("tones", "1 False Occupied 1 [\"profile-a\"]");
    assertEquals("theirs", sky("profile-b", "tones"));
    assertEquals("blue", sky("profile-a", "tones"));
    kubectl.get("delete", "configmap", "-n", "profile-b", "tones");
    awaitStatus("tones", "1 True Spread 1 [\"profile-a\",\"profile-b\"]");
    assertEquals("blue", sky("profile-b", "tones"));
    awaitEvents(
        "tones",
        List.of(
            "Normal Spread in 2 namespaces",
            "Warning Occupied profile-b: a ConfigMap of that name is there already and is left"
                + " alone"));

    patch("tones", "{\"spec\":{\"namespaces\":[\"default\",\"profile-b\"]}}");
    awaitStatus("tones", "2 False Failed 2 [\"profile-b\"]");
    String message = profile("tones", "{.status.conditions[0].message}");
    assertTrue(message.contains("default: configmaps \"tones\" is forbidden"), message);
    patch("tones", "{\"spec\":{\"namespaces\":[\"profile-b\"]}}");
    awaitStatus("tones", "3 True Spread 3 [\"profile-b\"]");
    awaitSleep();
  }

  @Test
  @Order(4)
  @DisplayName("Commands of kubectl exec reach the program: words, input, output and exit code")
  void commands() {
    kubectl.assumeAWayTo("edge-21");
    awaitSleep();
    assertEquals(
        """
        PROFILE                    REASON   NAMESPACES
        profile-operator/colours   Spread   profile-a
        profile-operator/tones     Spread   profile-b
        """,
        kubectl.get(exec("list")));
    awaitSleep();
    String applied = EXAMPLE.manifest("profile").replace("[profile-a, profile-b]", "[profile-a]");
    Command.Result same =
        kubectl.runWithInput(applied.replace("blue", "grey"), exec("diff")); // as it was changed
    assertEquals(new Command.Result(0, "profile-a: is as it shall be\n", ""), same);
    Command.Result different = kubectl.runWithInput(EXAMPLE.manifest("profile"), exec("diff"));
    assertEquals(1, different.exitCode());
    assertEquals("profile-a: would be changed\nprofile-b: would be made\n", different.stdout());
    Command.Result confused = kubectl.runWithInput("]", exec("diff"));
    assertEquals(2, confused.exitCode());
    assertTrue(confused.stderr().contains("the input is no profile"), confused.stderr());
    Command.Result unknown = kubectl.run(exec("paint", "it grey"));
    assertEquals(127, unknown.exitCode());
    assertTrue(unknown.stderr().contains("unknown command \"paint it grey\""), unknown.stderr());
    awaitSleep();
  }

  @Test
  @Order(5)
  @DisplayName("An agent that was killed goes on with the operator as it was")
  void survives() {
    agentDies();
    patch("colours", "{\"spec\":{\"data\":{\"sky\":\"red\"}}}");
    agentReturns();
    awaitStatus("colours", "4 True Spread 4 [\"profile-a\"]");
    assertEquals("red", sky("profile-a", "colours"));
    awaitSleep();
    assertEquals(started, containerStarted(), "no new life has begun");
  }

  @Test
  @Order(6)
  @DisplayName("A profile that is deleted goes when its copies are gone, and not without them")
  void cleansUp() {
    kubectl.get("delete", "profile", "-n", NAMESPACE, "tones", "--timeout=100s");
    assertEquals("", copies("profile-b"));
    awaitSleep();
    agentDies();
    kubectl.get("delete", "profile", "-n", NAMESPACE, "colours", "--wait=false");
    assertEquals("[\"example.hiberlet.io/copies\"]", profile("colours", "{.metadata.finalizers}"));
    assertEquals("red", sky("profile-a", "colours"));
    agentReturns();
    kubectl.get(
        "wait",
        "--for=delete",
        "-n",
        NAMESPACE,
        "profile.example.hiberlet.io/colours",
        "--timeout=100s");
    assertEquals("", copies("profile-a"));
    awaitSleep();
    assertEquals(started, containerStarted(), "no new life has begun");
  }

  private NodeUnderTest node() {
    if (node == null) {
      throw new IllegalStateException("no node was started");
    }
    return node;
  }

  private void agentDies() {
    node().agent().kill();
  }

  private void agentReturns() {
    node().startAgain();
  }

  /** When its container began, and how often. */
  private String containerStarted() {
    String status = "{.status.containerStatuses[0]";
    return kubectl.get(
        "get",
        "pod",
        "-n",
        NAMESPACE,
        NAMESPACE,
        "-o",
        "jsonpath=" + status + ".restartCount} " + status + ".state.running.startedAt}");
  }

  private void awaitSleep() {
    EXAMPLE.awaitSleep(kubectl);
  }

  /** Observed generation; status, reason and generation of the condition; where copies are. */
  private void awaitStatus(String profile, String expected) {
    String condition = "{.status.conditions[?(@.type==\"Ready\")]";
    String path =
        "{.status.observedGeneration} %s.status} %s.reason} %s.observedGeneration} {.status.namespaces}"
            .formatted(condition, condition, condition);
    await("the status of " + profile)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertEquals(expected, profile(profile, path)));
  }

  /** By type, reason and message, in the order of their letters. */
  private void awaitEvents(String profile, List<String> expected) {
    await("the events of " + profile)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertEquals(
                    expected,
                    kubectl
                        .get(
                            "get",
                            "events",
                            "-n",
                            NAMESPACE,
                            "--field-selector=involvedObject.name=" + profile,
                            "-o",
                            "jsonpath={range .items[*]}{.type} {.reason} {.message}{\"\\n\"}{end}")
                        .lines()
                        .sorted()
                        .toList()));
  }

  private void patch(String profile, String patch) {
    kubectl.get("patch", "profile", "-n", NAMESPACE, profile, "--type=merge", "-p", patch);
  }

  private String profile(String name, String path) {
    return kubectl.get("get", "profile", "-n", NAMESPACE, name, "-o", "jsonpath=" + path);
  }

  private String copies(String namespace) {
    return kubectl.get(
        "get",
        "configmaps",
        "-n",
        namespace,
        "-l",
        "example.hiberlet.io/profile",
        "-o",
        "jsonpath={.items[*].metadata.name}");
  }

  private String sky(String namespace, String copy) {
    return field(namespace, copy, "{.data.sky}");
  }

  private String field(String namespace, String copy, String path) {
    return kubectl.get("get", "configmap", "-n", namespace, copy, "-o", "jsonpath=" + path);
  }

  private static String[] exec(String... words) {
    Stream<String> begin = Stream.of("exec", "-i", "-n", NAMESPACE, NAMESPACE, "--");
    return Stream.concat(begin, Stream.of(words)).toArray(String[]::new);
  }
}
