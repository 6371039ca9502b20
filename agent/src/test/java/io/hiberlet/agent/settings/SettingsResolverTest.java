package io.hiberlet.agent.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.EnvSource;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.admission.RestartPolicy;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SettingsResolverTest {
  private static final ObjectName CONFIG = ObjectName.configMap("ns", "config");
  private static final ObjectName SECRET = ObjectName.secret("ns", "hidden");

  private final FakePodObjects objects = new FakePodObjects();
  private final SettingsResolver resolver = new SettingsResolver(objects);

  private static ControllerSpec spec(
      List<String> args, @Nullable String workingDir, EnvSource... env) {
    return new ControllerSpec(
        "c",
        ContainerRole.MAIN,
        RestartPolicy.ALWAYS,
        null,
        "image",
        ImagePull.DEFAULT,
        args,
        List.of(env),
        workingDir,
        List.of(),
        1 << 20,
        null,
        ProbeSpecs.NONE,
        Duration.ZERO,
        Duration.ZERO);
  }

  private Map<String, String> env(EnvSource... env) throws Exception {
    return resolver.resolve(spec(List.of(), null, env)).settings().env();
  }

  private String refusal(EnvSource... env) {
    return assertThrows(UnresolvedException.class, () -> env(env)).getMessage();
  }

  private void put(ObjectName name, String... keysAndValues) {
    Map<String, byte[]> data = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(keysAndValues[i], keysAndValues[i + 1].getBytes(UTF_8));
    }
    objects.put(name, new PodObject(data, Map.of("BINARY", new byte[] {1}), false));
  }

  @Test
  void laterVariablesReplaceEarlierOnesAndReferToThem() throws Exception {
    put(CONFIG, "A", "from all", "B", "b");
    put(SECRET, "A", "from the secret", "S", "s");
    Map<String, String> env =
        env(
            new EnvSource.AllKeys(CONFIG, "", false),
            new EnvSource.AllKeys(SECRET, "", false),
            new EnvSource.Text("EARLY", "$(LATE)"),
            new EnvSource.Text("LATE", "$(A), $(B) and $$(A)"),
            new EnvSource.Value("B", "$(A)"),
            new EnvSource.Text("SEES_IT", "$(B)"),
            new EnvSource.Key("K", CONFIG, "A", false));
    assertEquals("from the secret", env.get("A"));
    assertEquals("$(A)", env.get("B"), "what a field says is not expanded");
    assertEquals("$(LATE)", env.get("EARLY"));
    assertEquals("from the secret, b and $(A)", env.get("LATE"));
    assertEquals("$(A)", env.get("SEES_IT"));
    assertEquals("from all", env.get("K"));
    assertNull(env.get("BINARY"), "binaryData makes no variables");
  }

  @Test
  void commandAndArgumentsAreExpandedByTheWholeEnvironment() throws Exception {
    var spec =
        spec(List.of("run", "--to=$(TO)", "$$(TO)", "$(NO)"), null, new EnvSource.Text("TO", "x"));
    assertEquals(
        List.of("run", "--to=x", "$(TO)", "$(NO)"), resolver.resolve(spec).settings().args());
  }

  @Test
  void theWorkingDirectoryIsTheVariableThatProgramsLookFor() throws Exception {
    var spec = spec(List.of("$(PWD)"), "/data", new EnvSource.Text("A", "$(PWD)"));
    var settings = resolver.resolve(spec).settings();
    assertEquals(Map.of("PWD", "/data", "A", "$(PWD)"), settings.env());
    assertEquals(List.of("$(PWD)"), settings.args());
    var own = spec(List.of(), "/data", new EnvSource.Text("PWD", "/mine"));
    assertEquals(Map.of("PWD", "/mine"), resolver.resolve(own).settings().env());
  }

  @Test
  void whatIsMissingIsSaidInTheKubeletsWords() {
    assertEquals(
        "configmap \"config\" not found", refusal(new EnvSource.AllKeys(CONFIG, "", false)));
    assertEquals(
        "secret \"hidden\" not found", refusal(new EnvSource.Key("K", SECRET, "k", false)));
    put(CONFIG);
    put(SECRET);
    assertEquals(
        "couldn't find key k in ConfigMap ns/config",
        refusal(new EnvSource.Key("K", CONFIG, "k", false)));
    assertEquals(
        "couldn't find key k in Secret ns/hidden",
        refusal(new EnvSource.Key("K", SECRET, "k", false)));
  }

  @Test
  void whatMayHelpIsNamed() {
    EnvSource.Key key = new EnvSource.Key("K", SECRET, "k", false);
    var missing = assertThrows(UnresolvedException.class, () -> env(key));
    assertEquals(SECRET, missing.waitsFor());
    objects.failWith(503);
    var away = assertThrows(UnresolvedException.class, () -> env(key));
    assertEquals(SECRET, away.waitsFor());
    assertTrue(away.getMessage().startsWith("failed to read secret \"hidden\": "), "" + away);
  }

  @Test
  void whatIsOptionalMayBeMissing() throws Exception {
    assertEquals(
        Map.of(),
        env(
            new EnvSource.AllKeys(CONFIG, "", true),
            new EnvSource.Key("A", CONFIG, "k", true),
            new EnvSource.Key("B", SECRET, "k", true)));
    put(CONFIG);
    assertEquals(Map.of(), env(new EnvSource.Key("A", CONFIG, "k", true)));
  }

  @Test
  void keysThatCannotBeNamesAreSkippedAndNamed() throws Exception {
    put(CONFIG, "1st", "x", "..", "x", "..b", "x", "good.name-1", "y", ".hidden", "z");
    put(SECRET, "2nd", "x");
    ResolvedSettings resolved =
        resolver.resolve(
            spec(
                List.of(),
                null,
                new EnvSource.AllKeys(CONFIG, "", false),
                new EnvSource.AllKeys(CONFIG, "P_", false),
                new EnvSource.AllKeys(SECRET, "", false)));
    assertEquals("y", resolved.settings().env().get("good.name-1"));
    assertEquals("z", resolved.settings().env().get(".hidden"));
    assertEquals("x", resolved.settings().env().get("P_1st"));
    assertEquals("x", resolved.settings().env().get("P_.."));
    assertEquals(
        List.of(
            "Keys [.., ..b, 1st] from the EnvFrom configMap ns/config were skipped since they are"
                + " considered invalid environment variable names.",
            "Keys [2nd] from the EnvFrom secret ns/hidden were skipped since they are considered"
                + " invalid environment variable names."),
        resolved.skipped());
  }

  @Test
  void whatNoProgramCanBeGivenIsRefused() {
    put(SECRET, "nul", "a\0b");
    assertEquals(
        "environment variable K holds a NUL character",
        refusal(new EnvSource.Key("K", SECRET, "nul", true)));
    byte[] noText = {(byte) 0xff};
    objects.put(SECRET, new PodObject(Map.of("k", noText), Map.of(), false));
    assertEquals(
        "key k of Secret ns/hidden is no text in UTF-8, which an environment variable must be",
        refusal(new EnvSource.Key("K", SECRET, "k", false)));
  }

  @Test
  void noConfigurationTakesMoreMemoryThanItMay() {
    List<EnvSource> doubling = new ArrayList<>(List.of(new EnvSource.Text("V", "x")));
    doubling.addAll(Collections.nCopies(60, new EnvSource.Text("V", "$(V)$(V)")));
    assertTrue(refusal(doubling.toArray(EnvSource[]::new)).contains("more than 1048576"));
    put(CONFIG, "k", "x".repeat(700_000));
    assertTrue(
        refusal(
                new EnvSource.Key("A", CONFIG, "k", false),
                new EnvSource.Key("B", CONFIG, "k", false))
            .contains("more than 1048576"));
  }

  @Test
  void valuesAreNotPrinted() throws Exception {
    put(SECRET, "k", "a secret value");
    String text =
        resolver.resolve(spec(List.of(), null, new EnvSource.AllKeys(SECRET, "", true))).toString();
    assertTrue(text.contains("k") && !text.contains("a secret value"), text);
  }
}
