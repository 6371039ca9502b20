package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The examples that are worth running at the edge, as their READMEs say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class EdgeExamples {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Example MIRROR = new Example("mirror");
  private static final Example WARNER = new Example("certificate-warner");
  static final Example RENDER = new Example("render");

  private final Supplier<TestCluster> clusters;
  private Kubectl kubectl;
  private NodeUnderTest node;

  EdgeExamples(Supplier<TestCluster> clusters) {
    this.clusters = clusters;
  }

  @BeforeAll
  void startNode() {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-5");
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    Reaper.install(kubectl);
    kubectl.apply(Reaper.pod("pod-reaper"));
    startWarner();
  }

  /**
   * A day's certificate, which crosses its second threshold while the warner sleeps. It comes when
   * the warner waits for it: one that takes long to begin would see the second threshold only.
   */
  private void startWarner() {
    String soon = (Duration.ofDays(1).toSeconds() - 40) + "s";
    WARNER.prepare(kubectl);
    kubectl.apply(WARNER.manifest(WARNER.name()).replace("30d,7d,1d", "2d," + soon));
    WARNER.awaitSleep(kubectl);
    createCertificate();
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    kubectl.run("delete", "pod", "-n", Reaper.NAMESPACE, "--all", "--timeout=60s");
    Stream.of(MIRROR, WARNER, RENDER).forEach(example -> example.remove(kubectl));
    node.close();
  }

  Kubectl kubectl() {
    return kubectl;
  }

  @Test
  @DisplayName("The reaper deletes a finished pod when its time has come, and no other")
  void reaper() {
    Reaper.awaitSleep(kubectl, "pod-reaper");
    kubectl.apply(Reaper.finished("kept", "never", node.name()));
    kubectl.apply(Reaper.finished("reaped", "3", node.name()));
    awaitTrue(
        "the end of the pod that is due",
        () -> kubectl.run("get", "pod", "reaped").stderr().contains("NotFound"));
    assertEquals("Failed", kubectl.get("get", "pod", "kept", "-o", "jsonpath={.status.phase}"));
    Reaper.awaitSleep(kubectl, "pod-reaper");
  }

  @Test
  @DisplayName("The reaper carries out commands and sleeps again")
  void commands() {
    String status = kubectl.get(exec("pod-reaper", "status"));
    assertTrue(status.contains("pods have ended; ttl"), status);
    assertEquals("default/asked stays\n", judge("pod-reaper", "Running"));
    Command.Result confused = kubectl.runWithInput("no JSON", exec("pod-reaper", "judge"));
    assertEquals(1, confused.exitCode());
    assertTrue(confused.stderr().contains("the input is no JSON"), confused.stderr());
    Command.Result unknown = kubectl.run(exec("pod-reaper", "bury", "the dead"));
    assertEquals(127, unknown.exitCode());
    assertTrue(unknown.stderr().contains("unknown command \"bury the dead\""), unknown.stderr());
    Reaper.awaitSleep(kubectl, "pod-reaper");
  }

  @Test
  @DisplayName("A reaper with a window lets what is due wait for it")
  void window() {
    kubectl.apply(Reaper.pod("nightly").replace("      env:\n", "      env:\n" + opensInHours()));
    kubectl.get("wait", "--for=condition=Ready", "-n", Reaper.NAMESPACE, "pod/nightly");
    await("an answer of its own")
        .atMost(PATIENCE)
        .until(() -> kubectl.run(exec("nightly", "status")).exitCode() == 0);
    String verdict = judge("nightly", "Failed");
    assertTrue(verdict.matches("default/asked is deleted in \\d{4,5} s\n"), verdict);
    kubectl.get("delete", "pod", "-n", Reaper.NAMESPACE, "nightly", "--timeout=60s");
  }

  @Test
  @DisplayName("Copies follow their originals, and nobody's objects are overwritten")
  void mirror() {
    MIRROR.install(kubectl);
    kubectl.get("create", "configmap", "-n", "team-b", "site", "--from-literal=colour=theirs");
    kubectl.get("create", "configmap", "-n", "shared", "site", "--from-literal=colour=blue");
    kubectl.get("label", "configmap", "-n", "shared", "site", "mirror.hiberlet.io/mirrored=true");
    awaitColour("team-a", "blue");
    MIRROR.awaitSleep(kubectl);
    kubectl.get(
        "patch", "configmap", "-n", "team-a", "site", "-p", "{\"data\":{\"colour\":\"x\"}}");
    awaitColour("team-a", "blue");
    kubectl.get(
        "patch", "configmap", "-n", "shared", "site", "-p", "{\"data\":{\"colour\":\"red\"}}");
    awaitColour("team-a", "red");
    assertEquals("theirs", colour("team-b"));
    String events = events("shared", "NotOwned");
    assertEquals(
        "team-b/site is there already and is no copy of this one; it is left alone\n", events);

    kubectl.get("create", "secret", "generic", "-n", "shared", "ca", "--from-literal=ca.crt=x");
    kubectl.get("label", "secret", "-n", "shared", "ca", "mirror.hiberlet.io/mirrored=true");
    awaitTrue("the copy", () -> kubectl.run("get", "secret", "-n", "team-b", "ca").exitCode() == 0);
    kubectl.get("delete", "secret/ca", "configmap/site", "-n", "shared");
    awaitTrue(
        "the end of the copies",
        () ->
            kubectl
                .get(
                    "get",
                    "configmaps,secrets",
                    "-A",
                    "-l",
                    "mirror.hiberlet.io/copy-of",
                    "-o=name")
                .isEmpty());
    assertEquals("theirs", colour("team-b"));
    MIRROR.awaitSleep(kubectl);
  }

  @Test
  @Order(Integer.MAX_VALUE) // it waits while the others run
  @DisplayName("A certificate is warned of once at each threshold, by a controller that sleeps")
  void warner() {
    awaitTrue("a warning", () -> !events("default", "CertificateExpiring").isEmpty());
    WARNER.awaitSleep(kubectl);
    awaitTrue("another", () -> events("default", "CertificateExpiring").lines().count() == 2);
    WARNER.awaitSleep(kubectl);
    String events = events("default", "CertificateExpiring");
    assertTrue(events.contains("The certificate expires in less than 2 days, at 20"), events);
    assertTrue(events.contains("The certificate expires in less than 23 hours, at 20"), events);
    kubectl.get("delete", "secret", "web-tls");
  }

  @Test
  @DisplayName("An init container fills in what the next one reads")
  void initContainer() {
    RENDER.prepare(kubectl);
    kubectl.apply(RENDER.manifest("templates"));
    kubectl.apply(RENDER.manifest("render"));
    awaitTrue(
        "the pod's end",
        () ->
            kubectl
                .get("get", "pod", "-n", "render", "render", "-o", "jsonpath={.status.phase}")
                .equals("Succeeded"));
    assertEquals(
        "/config/site.conf: %d bytes\n".formatted("site = north\nnode = edge-5\n".length()),
        kubectl.get("logs", "-n", "render", "render", "-c", "main"));
  }

  /** A variable for the pod reaper: two hours that begin in six. */
  private static String opensInHours() {
    LocalTime opening = LocalTime.now(ZoneOffset.UTC).plusHours(6);
    DateTimeFormatter format = DateTimeFormatter.ofPattern("HH:mm");
    return "        - {name: WINDOW, value: \"%s-%s\"}\n"
        .formatted(opening.format(format), opening.plusHours(2).format(format));
  }

  /** What a reaper would do with a pod that was made long ago. */
  private String judge(String reaper, String phase) {
    String pod =
        """
        {"metadata": {"namespace": "default", "name": "asked", "creationTimestamp": "2026-01-01T00:00:00Z"},
         "status": {"phase": "%s"}}
        """
            .formatted(phase);
    return kubectl.runWithInput(pod, exec(reaper, "judge")).orThrow();
  }

  private void createCertificate() {
    String key = node.folder().resolve("web.key").toString();
    String certificate = node.folder().resolve("web.crt").toString();
    Command.run(
            Map.of(),
            "",
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=web",
                "-days",
                "1",
                "-keyout",
                key,
                "-out",
                certificate))
        .orThrow();
    kubectl.get("create", "secret", "tls", "web-tls", "--cert=" + certificate, "--key=" + key);
  }

  private String events(String namespace, String reason) {
    return kubectl.get(
        "get",
        "events",
        "-n",
        namespace,
        "--field-selector=reason=" + reason,
        "-o",
        "jsonpath={range .items[*]}{.message}{\"\\n\"}{end}");
  }

  private void awaitColour(String namespace, String colour) {
    await("the colour in " + namespace)
        .atMost(PATIENCE)
        .until(() -> colour(namespace), colour::equals);
  }

  private String colour(String namespace) {
    return kubectl
        .run("get", "configmap", "-n", namespace, "site", "-o", "jsonpath={.data.colour}")
        .stdout();
  }

  private static void awaitTrue(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).until(condition);
  }

  private static String[] exec(String pod, String... command) {
    Stream<String> begin = Stream.of("exec", "-i", "-n", Reaper.NAMESPACE, pod, "--");
    return Stream.concat(begin, Stream.of(command)).toArray(String[]::new);
  }
}
