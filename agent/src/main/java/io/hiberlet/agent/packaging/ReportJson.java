package io.hiberlet.agent.packaging;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.agent.runtime.ModuleDescription;
import java.util.Locale;

/** Writes reports for programs: fields are added to it, and none is taken away or renamed. */
public final class ReportJson {
  private ReportJson() {}

  /** Sizes are in bytes, times in milliseconds. */
  public static JsonObject of(ModuleReport report) {
    ModuleDescription module = report.description();
    var json = new JsonObject();
    json.addProperty("file", report.file());
    json.addProperty("bytes", report.bytes());
    json.addProperty("digest", report.digest());
    json.addProperty("kind", module.isCommand() ? "command" : "controller");
    json.addProperty("idleStyle", idleStyle(module));
    json.addProperty("handlesExec", module.handlesExec());
    var imports = new JsonObject();
    module
        .imports()
        .forEach(
            (from, names) -> {
              var list = new JsonArray();
              names.forEach(list::add);
              imports.add(from, list);
            });
    json.add("imports", imports);
    json.addProperty("initialMemoryBytes", module.initialMemoryBytes());
    json.add("compiled", compiled(report.cost()));
    json.add("trial", trial(report.trial()));
    return json;
  }

  /** Such as {@code event-loop}. */
  static String idleStyle(ModuleDescription module) {
    return module.idleStyle().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JsonObject compiled(CompileCost cost) {
    var json = new JsonObject();
    json.addProperty("millis", cost.time().toMillis());
    json.addProperty("classBytes", cost.classBytes());
    json.addProperty("diskBytes", cost.diskBytes());
    json.addProperty("heapBytes", cost.heapBytes());
    return json;
  }

  private static JsonObject trial(TrialResult trial) {
    var json = new JsonObject();
    switch (trial) {
      case TrialResult.Slept slept -> {
        json.addProperty("outcome", "slept");
        json.addProperty("memoryBytes", slept.memoryBytes());
        json.addProperty("heldBytes", slept.heldBytes());
        json.addProperty("snapshotBytes", slept.snapshotBytes());
        json.addProperty("wakeMillis", slept.wake().toNanos() / 1e6);
        json.addProperty("resumeMillis", slept.resume().toNanos() / 1e6);
      }
      case TrialResult.Ended(String how) -> {
        json.addProperty("outcome", "ended");
        json.addProperty("message", how);
      }
      case TrialResult.NotTried() -> json.addProperty("outcome", "not tried");
    }
    return json;
  }
}
