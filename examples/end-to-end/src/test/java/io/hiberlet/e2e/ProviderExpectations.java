package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Virtual Kubelet's suite for providers ({@code test/e2e/basic.go}) expects of a node, asked
 * for through the API server's proxy to it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProviderExpectations {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A line of Prometheus' text format. */
  private static final Pattern SAMPLE =
      Pattern.compile(
          "[a-zA-Z_:][a-zA-Z0-9_:]*"
              + "(\\{([a-zA-Z_]\\w*=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*})?"
              + " ([-+]?[0-9.]+([eE][-+]?[0-9]+)?|[-+]?Inf|NaN)( [0-9]+)?");

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private GuestPods pods;

  ProviderExpectations(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-15");
    pods = new GuestPods(node);
    pods.install();
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    kubectl.assumeAWayTo(node.name());
  }

  @AfterEach
  void deletePods() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
  }

  @AfterAll
  void stopNode() {
    node.close();
  }

  @Test
  @DisplayName("The pods of the node are told by it, and no others")
  void getPods() {
    start("pod", "containers: [{name: echo, image: x}]");
    List<JsonObject> told = items("pods");
    assertEquals(
        List.of("pod of " + node.name()),
        told.stream()
            .map(
                pod ->
                    name(pod) + " of " + pod.getAsJsonObject("spec").get("nodeName").getAsString())
            .toList());
    assertEquals(uid("pod"), uid(told.getFirst()));
  }

  @Test
  @DisplayName("The summary has the node, and every container of its pods")
  void statsSummary() {
    startWithThreeContainers();
    await("the pod in the summary").atMost(PATIENCE).until(() -> summaryOf("three") != null);
    assertEquals(node.name(), summary().getAsJsonObject("node").get("nodeName").getAsString());
    assertEquals(3, summaryOf("three").getAsJsonArray("containers").size());
  }

  @Test
  @DisplayName("The metrics of resources have the pod, and every container of it")
  void resourceMetrics() {
    startWithThreeContainers();
    await("the pod in the metrics")
        .atMost(PATIENCE)
        .until(() -> samples("pod_cpu_usage_seconds_total", "three") == 1);
    assertEquals(3, samples("container_cpu_usage_seconds_total", "three"));
    assertEquals(3, samples("container_memory_working_set_bytes", "three"));
  }

  @ParameterizedTest(name = "What {0} prints is Prometheus' format, to the last line")
  @ValueSource(strings = {"metrics", "metrics/resource", "metrics/probes"})
  void metricsParse(String page) {
    start("pod", "containers: [{name: echo, image: x}]");
    List<String> lines = raw(page).lines().toList();
    assertEquals(
        List.of(),
        lines.stream()
            .filter(line -> !line.startsWith("# ") && !SAMPLE.matcher(line).matches())
            .toList());
    assertFalse(lines.isEmpty() && !page.endsWith("probes"), page);
  }

  @Test
  @DisplayName("A pod that is deleted has its grace, and is gone from the node then")
  void gracefulDeletion() throws IOException {
    start("pod", "terminationGracePeriodSeconds: 7\ncontainers: [{name: echo, image: x}]");
    assertEquals(List.of("pod"), running());
    try (Following watch =
        Following.start(
            kubectl,
            "kubectl",
            "get",
            "pod",
            "pod",
            "--watch",
            "-o=jsonpath={.metadata.deletionGracePeriodSeconds}{\"\\n\"}")) {
      watch.awaitLine(""); // the pod as it is, and the watch goes on from there
      kubectl.get("delete", "pod", "pod", "--timeout=60s");
      watch.awaitLine("7");
    }
    await("the end").atMost(PATIENCE).until(() -> running().isEmpty());
  }

  @Test
  @DisplayName("A pod that is deleted by force is gone from the node, too")
  void forcedDeletion() {
    start("pod", "containers: [{name: echo, image: x}]");
    assertEquals(List.of("pod"), running());
    kubectl.get("delete", "pod", "pod", "--force", "--grace-period=0");
    await("the end").atMost(PATIENCE).until(() -> running().isEmpty());
  }

  @ParameterizedTest(name = "An optional {0} that is not there keeps no pod from running")
  @CsvSource({"Secret, secretKeyRef", "ConfigMap, configMapKeyRef"})
  void optional(String kind, String reference) {
    start("pod", withVariable(reference, "optional: true"));
    assertEquals(List.of("pod"), running());
  }

  @ParameterizedTest(name = "Without a mandatory {0} a pod waits, and is told why, until it comes")
  @CsvSource({"Secret, secretKeyRef, stringData", "ConfigMap, configMapKeyRef, data"})
  void mandatory(String kind, String reference, String data) {
    kubectl.apply(pods.pod("pod", withVariable(reference, "optional: false")));
    String missing = kind.toLowerCase(Locale.ROOT) + " \"missing\" not found";
    await("an event")
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .get("describe", "pod", "pod")
                    .lines()
                    .anyMatch(line -> line.contains("Failed") && line.contains(missing)));
    assertEquals(List.of(), running());
    kubectl.apply(
        """
        apiVersion: v1
        kind: %s
        metadata: {name: missing, namespace: default}
        %s: {key: value}
        """
            .formatted(kind, data));
    try {
      kubectl.get("wait", "--for=condition=Ready", "pod/pod", "--timeout=120s");
    } finally {
      kubectl.run("delete", kind, "missing");
    }
  }

  private static String withVariable(String reference, String optional) {
    return """
    containers:
    - name: echo
      image: x
      env:
      - {name: KEY, valueFrom: {%s: {name: missing, key: key, %s}}}
    """
        .formatted(reference, optional);
  }

  private void start(String name, String spec) {
    kubectl.apply(pods.pod(name, spec));
    kubectl.get("wait", "--for=condition=Ready", "pod/" + name, "--timeout=120s");
  }

  private void startWithThreeContainers() {
    start(
        "three",
        "containers: [{name: echo, image: x}, {name: other, image: x}, {name: terminal, image:"
            + " x}]");
  }

  /** The pods of which something runs, as the node tells. */
  private List<String> running() {
    return items("runningpods/").stream().map(ProviderExpectations::name).toList();
  }

  private JsonObject summary() {
    return JsonParser.parseString(raw("stats/summary")).getAsJsonObject();
  }

  /** Null while it is not there. */
  private JsonObject summaryOf(String pod) {
    return summary().getAsJsonArray("pods").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .filter(each -> each.getAsJsonObject("podRef").get("name").getAsString().equals(pod))
        .findFirst()
        .orElse(null);
  }

  private long samples(String metric, String pod) {
    return raw("metrics/resource")
        .lines()
        .filter(line -> line.startsWith(metric + "{") && line.contains("pod=\"" + pod + "\""))
        .count();
  }

  private List<JsonObject> items(String page) {
    JsonElement items = JsonParser.parseString(raw(page)).getAsJsonObject().get("items");
    assertTrue(items == null || items.isJsonArray() || items.isJsonNull(), page);
    return items == null || items.isJsonNull()
        ? List.of()
        : items.getAsJsonArray().asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  private String uid(String pod) {
    return kubectl.get("get", "pod", pod, "-o=jsonpath={.metadata.uid}");
  }

  private static String uid(JsonObject pod) {
    return pod.getAsJsonObject("metadata").get("uid").getAsString();
  }

  private static String name(JsonObject pod) {
    return pod.getAsJsonObject("metadata").get("name").getAsString();
  }

  private String raw(String page) {
    return kubectl.get("get", "--raw", "/api/v1/nodes/" + node.name() + "/proxy/" + page);
  }
}
