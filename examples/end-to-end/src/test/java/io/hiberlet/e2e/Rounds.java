package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * What a node is asked for while something is wrong, again and again: one pod runs to its end, one
 * stays, and the one that stayed in the round before is deleted. In the end all of it must be as if
 * nothing had been wrong, and no word may be missing.
 */
final class Rounds {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Kubectl kubectl;
  private final NodeUnderTest node;
  private int round;

  /** Brings the modules to a node. Its cluster has to have a ConfigMap {@code colours}. */
  Rounds(Kubectl kubectl, NodeUnderTest node) throws IOException {
    this.kubectl = kubectl;
    this.node = node;
    Files.copy(Repository.file(Workloads.SLEEPER), node.modules().resolve("sleeper.wasm"));
    Files.copy(Repository.file(Workloads.ENDS), node.modules().resolve("ends.wasm"));
  }

  /** The round of which nothing is deleted yet. */
  void beginFirst() {
    kubectl.apply(pods());
    awaitPhases("the first pods");
  }

  /** Asks for three things at once. */
  void begin() {
    kubectl.get("delete", "pod", stays(), "--wait=false");
    round++;
    kubectl.apply(pods());
  }

  /** The pod that is there until the next round begins. */
  String stays() {
    return name("stays", round);
  }

  void awaitPhases(String what) {
    await(what + ": the phases")
        .atMost(PATIENCE)
        .until(() -> ofBoth("{.status.phase}"), phases -> phases.equals("Succeeded Running"));
  }

  /**
   * @param rightAgain is called once the pods have their phases, and ends what is wrong
   */
  void awaitEnd(String what, Runnable rightAgain) {
    awaitPhases(what);
    rightAgain.run();
    await(what + ": the end of the pod that was deleted")
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "pod", name("stays", round - 1)).exitCode() != 0);
    await(what + ": the events").atMost(PATIENCE).until(() -> started().size() >= 2);
    assertEquals(List.of(name("ends", round) + " × 1", name("stays", round) + " × 1"), started());
    assertEquals("0 0", ofBoth("{.status.containerStatuses[0].restartCount}"));
  }

  /** No other node of the cluster has pods of that name. */
  private String name(String pod, int number) {
    return pod + "-" + node.name() + "-" + number;
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
        .filter(event -> event.matches(name("(ends|stays)", round) + " .*"))
        .sorted()
        .toList();
  }

  /** What a JSONPath says of the pod that ends and the one that stays. */
  private String ofBoth(String path) {
    return kubectl
        .run(
            "get",
            "pod",
            name("ends", round),
            name("stays", round),
            "-o",
            "jsonpath={range .items[*]}" + path + " {end}")
        .stdout()
        .strip();
  }

  private String pods() {
    return pod(name("ends", round), "ends.wasm")
        + "---\n"
        + pod(name("stays", round), "sleeper.wasm");
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
