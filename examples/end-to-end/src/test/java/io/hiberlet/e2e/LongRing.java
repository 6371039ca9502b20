package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One ring of operators in every language whose module is there, one after the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LongRing {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Supplier<TestCluster> clusters;
  private final int length;
  private Kubectl kubectl;
  private Freight freight;
  private NodeUnderTest node;
  private List<String> languages;

  LongRing(Supplier<TestCluster> clusters, int length) {
    this.clusters = clusters;
    this.length = length;
  }

  @BeforeAll
  void startRing() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.start(cluster, "edge-17");
    freight = Freight.of(kubectl);
    Ring.install(kubectl);
    languages = Ring.languages();
    for (String language : languages) {
      Files.copy(Ring.module(language), node.modules().resolve(language + ".wasm"));
    }
    node.awaitReady(kubectl);
    List<String> modules = languages.stream().map(each -> "file:" + each + ".wasm").toList();
    kubectl.apply(Ring.manifestWithGo(length, freight, modules, "file:go.wasm"));
    GoModules.awaitReady(kubectl, "ring-operator");
  }

  @AfterAll
  void stopRing() {
    kubectl.run("delete", "pod", "-n", "ring-operator", "--all", "--timeout=60s");
    node.close();
    Ring.remove(kubectl);
  }

  @Test
  @DisplayName("A change goes round through all languages, and all of them sleep before and after")
  void aChangeGoesRound() {
    assertTrue(languages.containsAll(List.of("assemblyscript", "c", "rust")), languages::toString);
    set("1");
    awaitCopies("1");
    awaitHibernation();

    Instant change = Instant.now();
    set("2");
    awaitCopies("2");
    System.out.printf(
        "a change went round %d sleeping operators in %s in %d ms%n",
        length, languages, Duration.between(change, Instant.now()).toMillis());
    awaitHibernation();

    kubectl.get("delete", freight.resource, "-n", "ring-0", "hello");
    await("the end of all copies").atMost(PATIENCE).until(this::copies, List.of()::equals);
    awaitHibernation();
  }

  private void set(String nonce) {
    kubectl.apply(freight.manifest("ring-0", "hello", nonce));
  }

  /** The same from every language: where the copy is, what it was copied from, and its nonce. */
  private void awaitCopies(String nonce) {
    List<String> expected =
        IntStream.range(1, length)
            .mapToObj(i -> "ring-%d from ring-%d: %s".formatted(i, i - 1, nonce))
            .sorted()
            .toList();
    await("the way round").atMost(PATIENCE).until(this::copies, expected::equals);
    assertEquals(nonce, nonceAtOrigin());
  }

  private List<String> copies() {
    String nonce = freight.jsonPath.substring(1, freight.jsonPath.length() - 1);
    return kubectl
        .get(
            "get",
            freight.resource,
            "--all-namespaces",
            "--selector=example.hiberlet.io/origin=ring-0",
            "-o",
            "jsonpath={range .items[*]}{.metadata.namespace} from"
                + " {.metadata.labels.example\\.hiberlet\\.io/copied-from}: {"
                + nonce
                + "}{\"\\n\"}{end}")
        .lines()
        .sorted()
        .collect(Collectors.toList());
  }

  private String nonceAtOrigin() {
    return kubectl.get(
        "get", freight.resource, "-n", "ring-0", "hello", "-o", "jsonpath=" + freight.jsonPath);
  }

  private void awaitHibernation() {
    kubectl.get(
        "wait",
        "--for=condition=hiberlet.io/Hibernated",
        "-n",
        "ring-operator",
        "pod",
        "--all",
        "--timeout=120s");
  }
}
