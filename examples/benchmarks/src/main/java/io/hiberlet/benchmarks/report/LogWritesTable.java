package io.hiberlet.benchmarks.report;

import static io.hiberlet.benchmarks.report.Table.bytes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The table of {@code run log-writes}: a row for each pace of the controllers. */
final class LogWritesTable {
  private static final double KIB = 1024;

  private LogWritesTable() {}

  static String of(List<JsonObject> paces) {
    List<String> titles = new ArrayList<>(List.of("written for 100 logs, a line each every"));
    for (JsonElement each : gathered(paces.getFirst())) {
      int seconds = each.getAsJsonObject().get("gatherSeconds").getAsInt();
      titles.add(seconds == 0 ? "at once" : "gathered for %d s".formatted(seconds));
    }
    Table table = new Table(titles.toArray(String[]::new));
    paces.stream()
        .sorted(Comparator.comparingInt(pace -> pace.get("secondsBetweenLines").getAsInt()))
        .forEach(pace -> table.row(row(pace)));
    return table.toString();
  }

  private static String[] row(JsonObject pace) {
    List<String> cells = new ArrayList<>();
    cells.add(
        "%d s, in %d min"
            .formatted(pace.get("secondsBetweenLines").getAsInt(), pace.get("minutes").getAsInt()));
    double atOnce = kibibytes(gathered(pace).getFirst());
    for (JsonElement each : gathered(pace)) {
      double kibibytes = kibibytes(each);
      cells.add("%s (%.0f%%)".formatted(bytes(kibibytes * KIB), 100 * kibibytes / atOnce));
    }
    return cells.toArray(String[]::new);
  }

  private static List<JsonElement> gathered(JsonObject pace) {
    return pace.getAsJsonArray("gathered").asList();
  }

  private static double kibibytes(JsonElement figures) {
    return figures.getAsJsonObject().get("kibWritten").getAsDouble();
  }
}
