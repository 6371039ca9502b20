package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.FakeRegistry;
import io.hiberlet.agent.module.TestRegistry;
import io.hiberlet.agent.module.layer.TarBytes;
import io.hiberlet.agent.module.registry.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Pods whose image is in a registry that wants credentials, and later is gone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class PrivateImages {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String MODULE = "examples/pod-reaper/pod-reaper.wasm";

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;
  private FakeRegistry registry;

  PrivateImages(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() throws Exception {
    registry = new FakeRegistry();
    byte[] module = Files.readAllBytes(Repository.file(MODULE));
    registry.image("v1", TestRegistry.TAR_GZIP, new TarBytes().file("app.wasm", module).gzip());
    registry.require(new Credentials("edge", "s3cret"));
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-8");
    allowPlainHttp();
    node.startAgain();
    node.awaitReady(kubectl);
    kubectl.get(
        "create",
        "secret",
        "docker-registry",
        "pull",
        "--docker-server=" + registry.name(),
        "--docker-username=edge",
        "--docker-password=s3cret");
  }

  private void allowPlainHttp() throws IOException {
    Files.writeString(
        node.folder().resolve("agent.yaml"),
        "  insecureRegistries: [\"%s\"]\n".formatted(registry.name()),
        StandardOpenOption.APPEND); // its last section is that of modules
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "secret", "pull");
    node.close();
    registry.close();
  }

  @Test
  @Order(1)
  void aPodWithoutCredentialsIsDenied() {
    kubectl.apply(pod("anonymous", "Always", ""));
    await("the denial")
        .atMost(PATIENCE)
        .until(() -> waitingReason("anonymous").equals("ErrImagePull"));
    await("the back-off")
        .atMost(PATIENCE)
        .until(() -> waitingReason("anonymous").equals("ImagePullBackOff"));
  }

  private String waitingReason(String pod) {
    return kubectl.get(
        "get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}");
  }

  @Test
  @Order(2)
  void aPodWithItsSecretRuns() {
    kubectl.apply(pod("secret", "Always", "pull"));
    awaitRunning("secret");
    awaitEvent("secret", "Successfully pulled image \"" + image() + "\" in ");
  }

  @Test
  @Order(3)
  void whatASecretPulledIsNotForPodsWithoutIt() {
    kubectl.apply(pod("thief", "IfNotPresent", ""));
    await("the denial").atMost(PATIENCE).until(() -> waitingReason("thief").contains("ImagePull"));
  }

  @Test
  @Order(4)
  void aRegistryThatIsGoneIsNotMissed() {
    registry.close();
    kubectl.apply(pod("offline", "IfNotPresent", "pull"));
    awaitRunning("offline");
    awaitEvent("offline", "Container image \"" + image() + "\" already present on machine and can");
  }

  private void awaitRunning(String pod) {
    await(pod + " runs")
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl.get("get", "pod", pod, "-o", "jsonpath={.status.phase}").equals("Running"));
    assertTrue(kubectl.get("get", "pod", pod, "-o", "name").contains(pod));
  }

  private void awaitEvent(String pod, String message) {
    await(message)
        .atMost(PATIENCE)
        .until(() -> kubectl.get("describe", "pod", pod).contains(message));
  }

  private String image() {
    return registry.name() + "/" + TestRegistry.REPOSITORY + ":v1";
  }

  private String pod(String name, String policy, String secret) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: default, annotations: {hiberlet.io/controller: v1}}
    spec:
      nodeName: %s
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      imagePullSecrets: [%s]
      containers: [{name: main, image: "%s", imagePullPolicy: %s}]
    """
        .formatted(
            name, node.name(), secret.isEmpty() ? "" : "{name: " + secret + "}", image(), policy);
  }
}
