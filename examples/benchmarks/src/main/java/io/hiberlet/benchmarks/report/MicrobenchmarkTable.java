package io.hiberlet.benchmarks.report;

import static io.hiberlet.benchmarks.report.Table.number;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.stream.Collectors;

/** The table of a JMH result file. */
final class MicrobenchmarkTable {
  private MicrobenchmarkTable() {}

  static String of(JsonArray results) {
    Table table = new Table("benchmark", "parameters", "score", "p99", "unit");
    results.forEach(each -> add(table, each.getAsJsonObject()));
    return table.toString();
  }

  private static void add(Table table, JsonObject result) {
    JsonObject metric = result.getAsJsonObject("primaryMetric");
    JsonObject percentiles = metric.getAsJsonObject("scorePercentiles");
    boolean sampled = result.get("mode").getAsString().equals("sample");
    String name = result.get("benchmark").getAsString();
    table.row(
        name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
        parameters(result),
        number((sampled ? percentiles.get("50.0") : metric.get("score")).getAsDouble()),
        sampled ? number(percentiles.get("99.0").getAsDouble()) : "",
        metric.get("scoreUnit").getAsString());
  }

  private static String parameters(JsonObject result) {
    return result.has("params")
        ? result.getAsJsonObject("params").entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue().getAsString())
            .collect(Collectors.joining(", "))
        : "";
  }
}
