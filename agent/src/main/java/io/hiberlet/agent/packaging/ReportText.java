package io.hiberlet.agent.packaging;

import io.hiberlet.agent.runtime.ModuleDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes reports for people. */
public final class ReportText {
  private ReportText() {}

  /** One fact a line. */
  public static List<String> lines(ModuleReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("%s: %s, %s".formatted(report.file(), size(report.bytes()), report.digest()));
    ModuleDescription module = report.description();
    add(lines, "kind", module.isCommand() ? "WASI command" : "controller");
    add(lines, "idle style", ReportJson.idleStyle(module).replace('-', ' '));
    if (module.handlesExec()) {
      add(lines, "exec", "carries out commands (kubectl exec)");
    }
    module
        .imports()
        .forEach((from, names) -> add(lines, "imports", from + ": " + String.join(", ", names)));
    add(lines, "memory", size(module.initialMemoryBytes()) + " at the start");
    CompileCost cost = report.cost();
    add(
        lines,
        "compiled",
        "in %s to %s of classes, %s on disk; takes up to %s of heap"
            .formatted(
                millis(cost.time()),
                size(cost.classBytes()),
                size(cost.diskBytes()),
                size(cost.heapBytes())));
    addTrial(lines, report.trial());
    return lines;
  }

  private static void addTrial(List<String> lines, TrialResult trial) {
    switch (trial) {
      case TrialResult.Slept slept -> {
        add(
            lines,
            "awake",
            "holds %s of its %s after its first wake, which took %s"
                .formatted(
                    size(slept.heldBytes()), size(slept.memoryBytes()), millis(slept.wake())));
        add(
            lines,
            "asleep",
            "%s on disk, about 1 KiB in memory; back in %s"
                .formatted(size(slept.snapshotBytes()), millis(slept.resume())));
      }
      case TrialResult.Ended(String how) -> add(lines, "awake", "not measured: " + how);
      case TrialResult.NotTried() -> add(lines, "asleep", "never: a command runs to its end");
    }
  }

  private static void add(List<String> lines, String what, String text) {
    lines.add("  %-10s  %s".formatted(what, text));
  }

  private static String size(long bytes) {
    if (bytes < 10 << 10) {
      return bytes + " bytes";
    }
    return bytes < 10 << 20
        ? "%d KiB".formatted(bytes >> 10)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }

  private static String millis(Duration time) {
    double millis = time.toNanos() / 1e6;
    return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
  }
}
