package io.hiberlet.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmark with next to nothing to do: that it works, and tells what it promises. */
class SuspendResumeTest {

  @TempDir Path folder;

  @Test
  void itsLastLineIsOneObjectWithAllFigures() {
    JsonObject result =
        run("--sizes", "0.25", "--effort", "0", "--counts", "2", "--warm-up", "1", "--settle", "0");

    assertEquals("suspend-resume", result.get("benchmark").getAsString());
    JsonObject workingSet = result.getAsJsonArray("workingSets").get(0).getAsJsonObject();
    assertEquals(0.25, workingSet.get("mib").getAsDouble());
    for (String suspend : List.of("firstSuspend", "suspend8Pages", "suspend1Percent")) {
      JsonObject samples = workingSet.getAsJsonObject(suspend);
      assertDurations(samples);
      assertDurations(samples.getAsJsonObject("syncedAppend"));
      assertTrue(samples.get("bytes").getAsLong() > 0, suspend);
    }
    assertDurations(workingSet.getAsJsonObject("resume"));
    assertEquals(4, result.getAsJsonArray("populations").size());
    result
        .getAsJsonArray("populations")
        .forEach(each -> assertEquals(2, each.getAsJsonObject().get("count").getAsInt()));
    assertFalse(Files.exists(folder.resolve("measured")), "it cleans up");
  }

  private static void assertDurations(JsonObject samples) {
    double p50 = samples.get("p50Millis").getAsDouble();
    double p99 = samples.get("p99Millis").getAsDouble();
    assertTrue(samples.get("minMillis").getAsDouble() <= p50 && p50 <= p99, samples.toString());
    assertTrue(p99 <= samples.get("maxMillis").getAsDouble(), samples.toString());
    assertTrue(samples.get("count").getAsInt() >= 30, samples.toString());
  }

  private JsonObject run(String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SuspendResume benchmark = new SuspendResume(new PrintStream(out, true, StandardCharsets.UTF_8));
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--folder", folder.resolve("measured").toString()));
    assertEquals(0, new CommandLine(benchmark).execute(arguments.toArray(String[]::new)));
    String last = out.toString(StandardCharsets.UTF_8).strip().lines().toList().getLast();
    return JsonParser.parseString(last).getAsJsonObject();
  }
}
