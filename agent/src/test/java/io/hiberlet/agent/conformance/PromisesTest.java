package io.hiberlet.agent.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of docs/conformance.md says what is there: promises of the ABI, and tests of them. */
class PromisesTest {
  private static final Path ROOT = Path.of(System.getProperty("hiberlet.root", ".."));
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)#(\\w+)`");

  private record Row(String promise, String tests) {}

  @Test
  void everyQuoteStandsInTheAbi() throws IOException {
    String abi = oneLine(Files.readString(ROOT.resolve("docs/host-abi.md")));
    List<String> missing =
        rows().stream()
            .map(Row::promise)
            .filter(promise -> !abi.contains(oneLine(promise)))
            .toList();
    assertEquals(List.of(), missing);
  }

  @Test
  void everyPromiseHasATestOrAReasonForNone() throws IOException {
    assertTrue(rows().size() > 60, "rows of the table");
    for (Row row : rows()) {
      assertTrue(
          TEST.matcher(row.tests()).find() || row.tests().startsWith("none: "), row.promise());
    }
  }

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    Map<String, Path> sources = sources();
    List<String> missing = new ArrayList<>();
    for (Row row : rows()) {
      Matcher named = TEST.matcher(row.tests());
      while (named.find()) {
        Path source = sources.get(named.group(1) + ".java");
        if (source == null
            || !Files.readString(source).contains("  void " + named.group(2) + "(")) {
          missing.add(named.group());
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  /** Of all tables below the heading of this part. */
  private static List<Row> rows() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/conformance.md"));
    return page.substring(page.indexOf("## Call by call"))
        .lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| promise "))
        .map(line -> line.split("(?<!\\\\)\\|", -1))
        .map(cells -> new Row(cells[1].strip(), cells[2].strip()))
        .toList();
  }

  private static Map<String, Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("agent/src/test/java"))) {
      return files
          .filter(file -> file.toString().endsWith("Test.java"))
          .collect(
              Collectors.toMap(
                  file -> String.valueOf(file.getFileName()), file -> file, (one, other) -> one));
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
