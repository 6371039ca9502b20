package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The specification's own tests of memories ({@code src/test/spec}), compiled as guests are, on our
 * memory: once as they are, and once with every instance hibernated and resumed before each call.
 */
class SpecSuiteTest {
  private static final String COMMANDS = "/commands.json";
  private static final Map<String, byte[]> FILES = new TreeMap<>();

  @BeforeAll
  static void unpack() throws IOException {
    var resource = SpecSuiteTest.class.getResourceAsStream("/spec.zip");
    try (var zip = new ZipInputStream(Objects.requireNonNull(resource))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        FILES.put(entry.getName(), zip.readAllBytes());
      }
    }
  }

  @Test
  void noFileIsMissing() {
    assertEquals(64, scripts().count());
  }

  @TestFactory
  Stream<DynamicTest> staying() {
    return scripts().map(name -> DynamicTest.dynamicTest(name, () -> run(name, false)));
  }

  @TestFactory
  Stream<DynamicTest> hibernating() {
    return scripts().map(name -> DynamicTest.dynamicTest(name, () -> run(name, true)));
  }

  private static Stream<String> scripts() {
    return FILES.keySet().stream()
        .filter(name -> name.endsWith(COMMANDS))
        .map(name -> name.substring(0, name.length() - COMMANDS.length()));
  }

  private static void run(String name, boolean hibernating) throws GuestStateException {
    String json = new String(FILES.get(name + COMMANDS), StandardCharsets.UTF_8);
    JsonArray commands = JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("commands");
    new SpecScript(file -> FILES.get(name + "/" + file), hibernating).run(commands);
  }
}
