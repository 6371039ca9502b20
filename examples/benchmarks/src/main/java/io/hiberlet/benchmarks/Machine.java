package io.hiberlet.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the figures depend on besides the code. */
public final class Machine {
  private Machine() {}

  /**
   * Describes the machine that this runs on.
   *
   * @param folder on the disk that is measured
   */
  public static JsonObject describe(Path folder) throws IOException {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    JsonObject json = new JsonObject();
    json.addProperty("processor", processor());
    json.addProperty("processors", system.getAvailableProcessors());
    json.addProperty("architecture", system.getArch());
    json.addProperty("system", system.getName());
    json.addProperty("java", Runtime.version().toString());
    json.addProperty("fileSystem", Files.getFileStore(folder).type());
    json.addProperty("loadAverage", system.getSystemLoadAverage());
    return json;
  }

  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name") || line.startsWith("Model"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    }
  }
}
