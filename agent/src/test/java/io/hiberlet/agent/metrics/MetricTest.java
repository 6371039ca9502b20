package io.hiberlet.agent.metrics;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MetricTest {
  private static final Path DOCUMENTATION = Path.of("..", "docs", "metrics.md");
  private static final String BEGIN = "<!-- made from Metric: begin -->\n";
  private static final String END = "<!-- made from Metric: end -->\n";

  @Test
  void whatIsShownIsWhatTheEnumLists() {
    AgentMetrics metrics = new AgentMetrics();
    metrics.controllerBegan();
    metrics.controllerEnded("Error");
    metrics.startFailed("ErrImagePull");
    metrics.woken(1_000_000);
    metrics.overran();
    metrics.used(Duration.ofMillis(1500));
    metrics.suspended(1, 2, 3);
    metrics.hibernated();
    metrics.resumed(1);
    metrics.read(4);
    metrics.quarantined();
    metrics.pulls();
    metrics.thresholdMet("memory");
    metrics.guestRequests().answered(false, 404, 5);
    metrics.guestRequests().answered(true, 200, 5);
    metrics.guestRequests().failed(true);
    metrics.apiRequests().began();
    metrics.apiRequests().ended("pods", 200);
    metrics.showInfo(Metric.BUILD_INFO, "1.2.3");
    for (Metric measured :
        Set.of(
            Metric.RESIDENT_BYTES,
            Metric.WAITING_CONTROLLERS,
            Metric.STORE_BYTES,
            Metric.MODULES_BYTES,
            Metric.PROCESS_CPU,
            Metric.PROCESS_MEMORY,
            Metric.PROCESS_START,
            Metric.HEAP_USED,
            Metric.HEAP_LIMIT,
            Metric.DIRECT_MEMORY)) {
      metrics.show(measured, () -> 7);
    }
    Set<String> shown =
        metrics
            .text()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("[{ ]", 2)[0])
            .collect(toSet());
    Set<String> listed =
        Arrays.stream(Metric.values()).flatMap(Metric::sampleNames).collect(toSet());
    assertEquals(listed, shown);
    assertEquals(1.5, value(metrics, "hiberlet_guest_cpu_seconds_total"));
    assertEquals(1, value(metrics, "hiberlet_guest_requests_total{code=\"4xx\",kind=\"request\"}"));
    assertEquals(1, value(metrics, "hiberlet_guest_streams"));
    assertEquals(0, value(metrics, "hiberlet_api_requests_under_way"));
    assertEquals(1, value(metrics, "hiberlet_build_info{version=\"1.2.3\"}"));
  }

  @Test
  void whatCannotBeMeasuredIsNotANumberAndHidesNothingElse() {
    AgentMetrics metrics = new AgentMetrics();
    metrics.show(
        Metric.STORE_BYTES,
        () -> {
          throw new IllegalStateException("the store is closed");
        });
    assertEquals(Double.NaN, value(metrics, "hiberlet_store_bytes"));
    assertEquals(0, value(metrics, "hiberlet_controllers"));
  }

  @Test
  void theDocumentationIsTheEnum() throws IOException {
    String document = Files.readString(DOCUMENTATION);
    int from = document.indexOf(BEGIN) + BEGIN.length();
    assertEquals(table(), document.substring(from, document.indexOf(END)));
  }

  private static String table() {
    return "| metric | type | labels | |\n|---|---|---|---|\n"
        + Arrays.stream(Metric.values()).map(MetricTest::row).collect(joining());
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            metric.metricName(),
            metric.type() == Metric.Type.INFO
                ? "gauge"
                : metric.type().name().toLowerCase(Locale.ROOT),
            metric.labels().stream().map(MetricTest::label).collect(joining("; ")),
            metric.help());
  }

  private static String label(Metric.Label label) {
    return "`%s`: %s".formatted(label.key(), label.valuesText());
  }

  private static double value(AgentMetrics metrics, String sample) {
    return metrics
        .text()
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + sample + " in\n" + metrics.text()));
  }
}
