package io.hiberlet.benchmarks.report;

import static io.hiberlet.benchmarks.report.Table.bytes;
import static io.hiberlet.benchmarks.report.Table.number;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tables of {@code run many-pods}. */
final class ManyPodsTables {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final double SECONDS_PER_MINUTE = 60;
  private static final double MOST_HEAP_BYTES = 4096;

  private final Runs runs;
  private final int pods;

  ManyPodsTables(Runs runs) {
    this.runs = runs;
    this.pods = runs.common("pods").getAsInt();
  }

  /** By the name of the section. */
  Map<String, String> sections() {
    Map<String, String> sections = new TreeMap<>();
    sections.put("crowd", what());
    sections.put("crowd-time", times());
    sections.put("crowd-requests", requests());
    sections.put("crowd-idle", idle());
    sections.put("crowd-memory", memory());
    return sections;
  }

  private String what() {
    return "%d pods on Kubernetes %s; runs: %d, at commit %s; load average of the machine before: %s."
        .formatted(
            pods,
            runs.common("kubernetes").getAsString(),
            runs.objects().size(),
            runs.common("commit").getAsString(),
            number(runs.at("machine").median("loadAverage")));
  }

  private String times() {
    Table table = new Table("seconds until all are", "accepted", "running", "asleep");
    for (Runs arrival : runs.all("arrivals")) {
      table.row(
          arrival.common("name").getAsString(),
          seconds(arrival, "acceptedMillis"),
          seconds(arrival, "runningMillis"),
          seconds(arrival, "asleepMillis"));
    }
    return table.toString();
  }

  private static String seconds(Runs runs, String member) {
    return number(runs.median(member) / MILLIS_PER_SECOND);
  }

  private String requests() {
    List<Runs> arrivals = runs.all("arrivals").stream().map(each -> each.at("requests")).toList();
    Table table = new Table("requests of the node for each pod", "first", "again");
    for (String kind : kinds(arrivals)) {
      table.row(kind, ofEach(arrivals.getFirst(), kind), ofEach(arrivals.getLast(), kind));
    }
    return table.toString();
  }

  private String ofEach(Runs requests, String kind) {
    return number(median(requests, kind) / pods);
  }

  private String idle() {
    Runs idle = runs.at("idle");
    double minutes = idle.common("seconds").getAsDouble() / SECONDS_PER_MINUTE;
    Runs requests = idle.at("requests");
    Table table = new Table("requests of the node, all asleep", "a minute");
    for (String kind : kinds(List.of(requests))) {
      table.row(kind, number(median(requests, kind) / minutes));
    }
    return table.toString();
  }

  private String memory() {
    double each = runs.median("heapBytesOfEach");
    return new Table("", "goal", "measured", "reached")
        .row(
            "heap of a pod at rest, all of the agent",
            "≤ " + bytes(MOST_HEAP_BYTES),
            bytes(each),
            each <= MOST_HEAP_BYTES ? "yes" : "**no**")
        .row("heap of the agent", "", bytes(runs.median("heapBytes")), "")
        .row("RSS of the agent", "", bytes(runs.median("residentBytes")), "")
        .row("of which anonymous", "", bytes(runs.median("anonymousBytes")), "")
        .toString();
  }

  private static Set<String> kinds(List<Runs> requests) {
    Set<String> kinds = new TreeSet<>();
    requests.forEach(each -> each.objects().forEach(object -> kinds.addAll(object.keySet())));
    return kinds;
  }

  /** A kind of which there was none in a run is not in its object. */
  private static double median(Runs requests, String kind) {
    return new Runs(
            requests.objects().stream()
                .map(
                    object -> {
                      JsonObject counts = object.deepCopy();
                      if (!counts.has(kind)) {
                        counts.addProperty(kind, 0);
                      }
                      return counts;
                    })
                .toList())
        .median(kind);
  }
}
