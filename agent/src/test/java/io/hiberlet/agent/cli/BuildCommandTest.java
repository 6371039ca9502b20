package io.hiberlet.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hiberlet.agent.config.FakeHost;
import io.hiberlet.agent.module.DockerRegistry;
import io.hiberlet.agent.module.FakeRegistry;
import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.module.Pulls;
import io.hiberlet.agent.module.TestRegistry;
import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.runtime.TestModules;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code hiberlet build}, as it is called. */
class BuildCommandTest {
  private static final Credentials CREDENTIALS = new Credentials("ring", "s3cret");

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void tellsWhatAModuleIsAndCosts() throws Exception {
    assertEquals(0, build(module("echo").toString()), err.toString());
    List<String> lines = out.toString().lines().toList();
    String digest = ModuleDigest.of(TestModules.bytes("echo")).toString();
    assertTrue(lines.getFirst().matches(".*/echo.wasm: \\d+ bytes, " + digest), lines.getFirst());
    assertLine(lines, "  kind        controller");
    assertLine(lines, "  idle style  event loop");
    assertLine(lines, "  exec        carries out commands \\(kubectl exec\\)");
    assertLine(
        lines, "  imports     hiberlet: event_next, event_read, exec_exit, exec_read, exec_write");
    assertLine(lines, "  memory      2176 KiB at the start");
    assertLine(
        lines,
        "  compiled    in \\d+ ms to \\d+ (bytes|KiB) of classes, \\d+ (bytes|KiB) on disk; .*");
    assertLine(lines, "  awake       holds \\d+ (bytes|KiB) of its 2176 KiB after .*");
    assertLine(lines, "  asleep      \\d+ (bytes|KiB) on disk, .*");
    assertEquals("", err.toString());
  }

  @Test
  void tellsProgramsTheSameAndPacksForOtherTools() throws Exception {
    Path layout = folder.resolve("layout");
    assertEquals(0, build(module("echo").toString(), "--json", "--output", layout.toString()));
    JsonObject report = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertEquals("controller", report.get("kind").getAsString());
    assertEquals("event-loop", report.get("idleStyle").getAsString());
    assertEquals("slept", report.getAsJsonObject("trial").get("outcome").getAsString());
    assertTrue(report.getAsJsonObject("compiled").get("classBytes").getAsLong() > 0);

    JsonObject index = json(layout.resolve("index.json"));
    String manifestDigest =
        index.getAsJsonArray("manifests").get(0).getAsJsonObject().get("digest").getAsString();
    assertEquals(report.get("artifactDigest").getAsString(), manifestDigest);
    JsonObject manifest = json(blob(layout, manifestDigest));
    JsonObject config = manifest.getAsJsonObject("config");
    assertEquals("application/vnd.wasm.config.v0+json", config.get("mediaType").getAsString());
    assertEquals(
        "{\"architecture\":\"wasm\",\"os\":\"wasip1\",\"layerDigests\":[\"%s\"]}"
            .formatted(report.get("digest").getAsString()),
        Files.readString(blob(layout, config.get("digest").getAsString())));
    JsonObject layer = manifest.getAsJsonArray("layers").get(0).getAsJsonObject();
    assertEquals("application/wasm", layer.get("mediaType").getAsString());
    assertArrayEquals(
        TestModules.bytes("echo"),
        Files.readAllBytes(blob(layout, layer.get("digest").getAsString())));
  }

  @Test
  void refusesInTheWordsOfANode() throws Exception {
    assertEquals(1, build(module("refused/no-wake").toString()));
    assertEquals(
        "hiberlet: exports no function named \"hiberlet_wake\", nor \"_start\" as a command does\n",
        err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void aFirstWakeThatFailsIsToldAndNoFailure() throws Exception {
    assertEquals(0, build(module("exits-in-initialize").toString()), err.toString());
    assertTrue(
        out.toString().contains("not measured: it ended in its first wake with exit code 0"),
        out.toString());
  }

  @Test
  void aCommandIsNotTried() throws Exception {
    assertEquals(0, build(module("command").toString()), err.toString());
    assertTrue(out.toString().contains("  idle style  command\n"), out.toString());
    assertTrue(out.toString().contains("never: a command runs to its end"), out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fake", "docker"})
  void whatIsPushedIsWhatANodePulls(String kind) throws Exception {
    if (kind.equals("docker") && !DockerRegistry.isInstalled()) {
      return;
    }
    try (TestRegistry registry = open(kind)) {
      registry.require(CREDENTIALS);
      String name = registry.name() + "/" + TestRegistry.REPOSITORY;
      String[] arguments = {
        module("echo").toString(), "--push", name + ":1.0", "--push", name, "--plain-http"
      };
      assertEquals(1, build(arguments));
      assertTrue(
          err.toString().startsWith("hiberlet: cannot push " + name + ":1.0: the registry"),
          err.toString());

      out.getBuffer().setLength(0);
      String[] allowed =
          Stream.concat(Stream.of(arguments), login(registry)).toArray(String[]::new);
      assertEquals(0, build(allowed), err.toString());
      String reference = out.toString().lines().toList().getLast().replace("pushed ", "");
      assertTrue(reference.matches(name + "@sha256:[0-9a-f]{64}"), reference);
      for (String pulled : List.of(reference, name + ":1.0", name + ":latest")) {
        assertArrayEquals(
            TestModules.bytes("echo"),
            Pulls.module(registry, pulled, CREDENTIALS, folder.resolve("store")));
      }
    }
  }

  @Test
  void aRegistryThatIsNotThereIsOneLine() throws Exception {
    TestRegistry registry = new FakeRegistry();
    registry.close();
    String name = registry.name() + "/team/ring";
    assertEquals(1, build(module("echo").toString(), "--push", name));
    assertEquals(
        "hiberlet: cannot push %s: cannot connect to 127.0.0.1\n".formatted(name), err.toString());
  }

  @Test
  void wrongOptionsAreUsageErrors() throws Exception {
    assertUsage("Missing required parameter: 'FILE.wasm'. Try 'hiberlet build --help'.");
    assertUsage("There is no file '/none.wasm'. Try 'hiberlet build --help'.", "/none.wasm");
    assertUsage(
        "Invalid value for option '--push' (REF): 'A b' is not REGISTRY/REPOSITORY[:TAG]: invalid"
            + " reference format. Try 'hiberlet build --help'.",
        "x.wasm",
        "--push",
        "A b");
    assertUsage(
        "Invalid value for option '--memory': '64 potatoes' is not a size such as 64Mi or 1Gi. Try"
            + " 'hiberlet build --help'.",
        "x.wasm",
        "--memory",
        "64 potatoes");
  }

  @Test
  void aFolderThatIsInUseIsNotWrittenTo() throws Exception {
    Files.writeString(folder.resolve("something"), "");
    assertEquals(1, build(module("echo").toString(), "--output", folder.toString()));
    assertEquals("hiberlet: the folder %s is not empty\n".formatted(folder), err.toString());
    assertFalse(Files.exists(folder.resolve("index.json")));
  }

  private Stream<String> login(TestRegistry registry) throws IOException {
    String auth =
        Base64.getEncoder()
            .encodeToString(
                (CREDENTIALS.username() + ":" + CREDENTIALS.password()).getBytes(UTF_8));
    Path config =
        Files.writeString(
            folder.resolve("config.json"),
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.name(), auth));
    return Stream.of("--docker-config", config.toString());
  }

  private TestRegistry open(String kind) throws Exception {
    return kind.equals("fake")
        ? new FakeRegistry()
        : new DockerRegistry(Files.createDirectories(folder.resolve("registry")));
  }

  private Path module(String name) throws IOException {
    Path file = folder.resolve(Path.of(name).getFileName() + ".wasm");
    return Files.write(file, TestModules.bytes(name));
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  private static Path blob(Path layout, String digest) {
    return layout.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
  }

  private static void assertLine(List<String> lines, String expected) {
    assertTrue(lines.stream().anyMatch(line -> line.matches(expected)), () -> expected + lines);
  }

  private void assertUsage(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertEquals(2, build(arguments));
    assertEquals("hiberlet: " + message + "\n", err.toString());
  }

  private int build(String... arguments) {
    String[] all = Stream.concat(Stream.of("build"), Stream.of(arguments)).toArray(String[]::new);
    return CommandLineInterface.execute(
        all,
        config -> {
          throw new AssertionError("no agent");
        },
        run -> {
          throw new AssertionError("no controller");
        },
        new FakeHost(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
