package io.hiberlet.agent.metrics;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The dashboard and the alerts under {@code docs/monitoring} name nothing that there is not. */
final class MonitoringTest {
  private static final Path FOLDER = Path.of("..", "docs", "monitoring");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "on", "ignoring", "bool");

  /** Added by Prometheus, or part of a histogram. */
  private static final Set<String> OTHER_LABELS = Set.of("instance", "job", "le");

  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without) ?\\(([^)]*)\\)");
  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)?\\{([^}]*)\\}");
  private static final Pattern NAME = Pattern.compile("(?<![\\w.])[a-zA-Z_:][\\w:]*(?!\\w* *\\()");

  @Test
  void theDashboardShowsMetricsThatThereAre() throws IOException {
    JsonObject dashboard =
        JsonParser.parseString(Files.readString(FOLDER.resolve("dashboard.json")))
            .getAsJsonObject();
    List<String> expressions = new ArrayList<>();
    Set<Integer> ids = new HashSet<>();
    for (JsonElement each : dashboard.getAsJsonArray("panels")) {
      JsonObject panel = each.getAsJsonObject();
      assertTrue(ids.add(panel.get("id").getAsInt()), () -> "an id that is used twice: " + panel);
      JsonArray targets = panel.getAsJsonArray("targets");
      if (targets != null) {
        targets.forEach(
            target -> expressions.add(target.getAsJsonObject().get("expr").getAsString()));
      }
    }
    assertFalse(expressions.isEmpty());
    expressions.forEach(MonitoringTest::check);
    Set<String> shown = expressions.stream().flatMap(MonitoringTest::names).collect(toSet());
    for (Metric metric : Metric.values()) {
      boolean aFact = metric == Metric.BUILD_INFO || metric == Metric.PROCESS_START;
      assertTrue(aFact || metric.sampleNames().anyMatch(shown::contains), metric + " is not shown");
    }
    JsonObject nodes =
        dashboard.getAsJsonObject("templating").getAsJsonArray("list").get(1).getAsJsonObject();
    assertEquals(
        "label_values(%s, instance)".formatted(Metric.BUILD_INFO.metricName()),
        nodes.get("definition").getAsString());
  }

  @Test
  void theAlertsWatchMetricsThatThereAre() throws IOException {
    Map<String, List<Map<String, Object>>> file =
        new Yaml().load(Files.readString(FOLDER.resolve("alerts.yaml")));
    Set<Object> names = new HashSet<>();
    for (Map<String, Object> group : file.get("groups")) {
      for (Object each : (List<?>) group.get("rules")) {
        Map<?, ?> rule = (Map<?, ?>) each;
        assertTrue(names.add(rule.get("alert")), () -> "twice: " + rule.get("alert"));
        check(String.valueOf(rule.get("expr")));
        assertNotNull(((Map<?, ?>) rule.get("annotations")).get("summary"), rule.toString());
        assertTrue(
            Set.of("info", "warning", "critical")
                .contains(((Map<?, ?>) rule.get("labels")).get("severity")));
      }
    }
    assertFalse(names.isEmpty());
  }

  @Test
  void aNameThatDoesNotExistIsFound() {
    assertEquals(
        List.of("hiberlet_wakes"),
        names("sum by (le) (rate(hiberlet_wakes{instance=\"x\"}[5m])) > 0.5e3").toList());
  }

  private static void check(String expression) {
    Set<String> known =
        Arrays.stream(Metric.values()).flatMap(Metric::sampleNames).collect(toSet());
    names(expression)
        .forEach(name -> assertTrue(known.contains(name), () -> name + " in " + expression));
    Set<String> labels = labels(expression);
    Matcher grouping = GROUPING.matcher(expression);
    while (grouping.find()) {
      for (String label : grouping.group(1).split(", ?", -1)) {
        assertTrue(labels.contains(label), () -> "label " + label + " in " + expression);
      }
    }
    Matcher selector = SELECTOR.matcher(expression);
    while (selector.find()) {
      for (String matcher : selector.group(2).split(",(?=\\w)", -1)) {
        String label = matcher.split("[=!]", 2)[0];
        assertTrue(labels.contains(label), () -> "label " + label + " in " + expression);
      }
    }
  }

  /** The labels of all metrics that are named. */
  private static Set<String> labels(String expression) {
    Set<String> named = names(expression).collect(toSet());
    Set<String> labels = new HashSet<>(OTHER_LABELS);
    for (Metric metric : Metric.values()) {
      if (metric.sampleNames().anyMatch(named::contains)) {
        labels.addAll(List.of(metric.labelKeys()));
      }
    }
    return labels;
  }

  /** What is neither function nor label, number or word of the language. */
  private static java.util.stream.Stream<String> names(String expression) {
    String bare =
        GROUPING
            .matcher(expression.replaceAll("\\{[^}]*\\}", "").replaceAll("\\[[^\\]]*\\]", ""))
            .replaceAll("");
    return NAME.matcher(bare)
        .results()
        .map(found -> found.group())
        .filter(name -> !WORDS.contains(name));
  }
}
