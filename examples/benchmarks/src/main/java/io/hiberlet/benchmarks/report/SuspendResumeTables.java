package io.hiberlet.benchmarks.report;

import static io.hiberlet.benchmarks.report.Table.bytes;
import static io.hiberlet.benchmarks.report.Table.number;

import java.util.Map;
import java.util.TreeMap;

/** The tables of {@code run suspend-resume}. */
final class SuspendResumeTables {
  private static final int SHOWN_CLASSES = 20;

  private final Runs runs;
  private final Prototype prototype;

  SuspendResumeTables(Runs runs, Prototype prototype) {
    this.runs = runs;
    this.prototype = prototype;
  }

  /** By the name of the section. */
  Map<String, String> sections() {
    Map<String, String> sections = new TreeMap<>();
    sections.put("machine", machine());
    sections.put("goals", Goals.table(runs));
    sections.put("latency", latency());
    sections.put("writes", writes());
    sections.put("population", population());
    sections.put("classes", classes());
    return sections;
  }

  private String machine() {
    Runs machine = runs.at("machine");
    return "Medians of %d runs at commit %s, the last on %s: %s, %s processors, %s, Java %s, %s."
        .formatted(
            runs.objects().size(),
            runs.common("commit").getAsString(),
            runs.objects().getLast().get("takenAt").getAsString().substring(0, 10),
            machine.common("processor").getAsString(),
            machine.common("processors").getAsString(),
            machine.common("architecture").getAsString(),
            machine.common("java").getAsString(),
            machine.common("fileSystem").getAsString());
  }

  private String latency() {
    Table table =
        new Table(
            "working set, MiB",
            "resume p50, ms",
            "p99",
            "prototype's load",
            "suspend, 32 KiB dirtied, p50, ms",
            "p99",
            "suspend, 1% dirtied, p50, ms",
            "p99",
            "first suspend p50, ms",
            "p99",
            "prototype's unload");
    for (Runs size : runs.all("workingSets")) {
      double mib = size.common("mib").getAsDouble();
      table.row(
          number(mib),
          number(size.at("resume").median("p50Millis")),
          number(size.at("resume").median("p99Millis")),
          prototype.near(mib).map(point -> number(point.loadMillis())).orElse(""),
          number(size.at("suspend8Pages").median("p50Millis")),
          number(size.at("suspend8Pages").median("p99Millis")),
          number(size.at("suspend1Percent").median("p50Millis")),
          number(size.at("suspend1Percent").median("p99Millis")),
          number(size.at("firstSuspend").median("p50Millis")),
          number(size.at("firstSuspend").median("p99Millis")),
          prototype.near(mib).map(point -> number(point.unloadMillis())).orElse(""));
    }
    return table.toString();
  }

  private String writes() {
    Table table =
        new Table(
            "working set, MiB",
            "suspend",
            "pages dirtied",
            "bytes written",
            "on the device",
            "p50, ms",
            "synced append of as much, p50, ms",
            "repetitions");
    for (Runs size : runs.all("workingSets")) {
      String mib = number(size.common("mib").getAsDouble());
      String pages = String.valueOf(size.common("pages").getAsInt());
      writes(table, mib, "first", pages, size.at("firstSuspend"));
      for (String kind : new String[] {"suspend8Pages", "suspend1Percent"}) {
        Runs later = size.at(kind);
        writes(table, mib, "later", later.common("dirtyPages").getAsString(), later);
      }
    }
    return table.toString();
  }

  private static void writes(Table table, String mib, String kind, String pages, Runs suspends) {
    table.row(
        mib,
        kind,
        pages,
        bytes(suspends.median("bytes")),
        bytes(suspends.median("deviceBytes")),
        number(suspends.median("p50Millis")),
        number(suspends.at("syncedAppend").median("p50Millis")),
        suspends.common("count").getAsString());
  }

  private String population() {
    Table table =
        new Table(
            "how many",
            "of",
            "state",
            "working set of each, KiB",
            "heap of each",
            "heap of all",
            "RSS",
            "of which anonymous",
            "RSS before",
            "store on disk");
    for (Runs one : runs.all("populations")) {
      table.row(
          "%,d".formatted(one.common("count").getAsInt()),
          one.common("of").getAsString(),
          one.common("state").getAsString(),
          one.common("workingSetKib").getAsString(),
          bytes(one.median("heapBytesOfEach")),
          bytes(one.median("heapBytes")),
          bytes(one.median("residentBytes")),
          bytes(one.median("anonymousBytes")),
          bytes(one.median("residentBytesBefore")),
          bytes(one.median("storeBytes")));
    }
    return table.toString();
  }

  /** Where the heap of a hibernated pod is, in the largest population. */
  private String classes() {
    Runs largest =
        runs.all("populations").stream()
            .filter(one -> one.common("state").getAsString().equals("hibernated"))
            .filter(one -> one.common("of").getAsString().equals("pods"))
            .reduce((a, b) -> b)
            .orElseThrow();
    Table table = new Table("class", "bytes of each pod");
    largest.objects().getLast().getAsJsonObject("heapBytesOfEachByClass").entrySet().stream()
        .limit(SHOWN_CLASSES)
        .forEach(entry -> table.row("`" + entry.getKey() + "`", entry.getValue().getAsString()));
    return table.toString();
  }
}
