package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.CredentialsVerification.Policy;
import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Registries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may use an image that another pod's Secret pulled (KEP-2535). */
@Timeout(60)
class PulledBySecretTest {
  private static final byte[] MODULE = "\0asm".getBytes(UTF_8);
  private static final Credentials OWN = new Credentials("a", "b");
  private static final Credentials OTHER = new Credentials("c", "d");

  @TempDir Path folder;
  private FakeRegistry registry;
  private Digest manifest;
  private ModuleStore store;
  private Images images;
  private final Map<String, Credentials> secrets = new HashMap<>();
  private boolean serverIsAway;
  private @Nullable String otherRegistry;
  private CredentialsVerification verification = CredentialsVerification.DEFAULT;

  @BeforeEach
  void pullWithASecret() throws Exception {
    registry = new FakeRegistry();
    manifest = registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(OWN);
    secrets.put("tenant/pull", OWN);
    store = new ModuleStore(folder.resolve("modules"), 1000, Clock.systemUTC());
    reopen();
    ensure("tenant", "IfNotPresent", "pull");
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private void reopen() throws IOException {
    images =
        new Images(
            new ImagePuller(
                new Registries(Set.of(registry.name()), Map.of(), Map.of()),
                new ImageLimits(1000, Duration.ofSeconds(30)),
                store),
            new ImageRecords(store.folder()),
            store,
            new PullSecrets(this::secret, Optional.of(folder.resolve("config.json"))),
            verification,
            Clock.systemUTC());
  }

  private Optional<Map<String, byte[]>> secret(String namespace, String name) throws IOException {
    if (serverIsAway) {
      throw new IOException("no answer");
    }
    return Optional.ofNullable(secrets.get(namespace + "/" + name))
        .map(credentials -> Map.of(".dockercfg", config("%s", credentials)));
  }

  private byte[] config(String frame, Credentials credentials) {
    return frame
        .formatted(
            "{\"%s\":{\"username\":\"%s\",\"password\":\"%s\"}}"
                .formatted(
                    otherRegistry == null ? registry.name() : otherRegistry,
                    credentials.username(),
                    credentials.password()))
        .getBytes(UTF_8);
  }

  private String image(String rest) {
    return registry.name() + "/" + TestRegistry.REPOSITORY + rest;
  }

  private void ensure(String namespace, String policy, String... names) throws Exception {
    ensureImage(":1.0", namespace, policy, names);
  }

  private void ensureImage(String rest, String namespace, String policy, String... names)
      throws Exception {
    ModuleDigest module =
        images.ensure(
            ImageName.parse(image(rest)),
            new PullRequest(namespace, policy, List.of(names), new RecordingListener()));
    assertEquals(ModuleDigest.of(MODULE), module);
  }

  private ModuleUnavailableException refusal(String namespace, String policy, String... names) {
    return assertThrows(ModuleUnavailableException.class, () -> ensure(namespace, policy, names));
  }

  @Test
  void isNotForPodsWithoutCredentials() {
    assertEquals("ErrImagePull", refusal("thief", "IfNotPresent").reason());
    assertEquals("ErrImagePull", refusal("thief", "IfNotPresent", "pull").reason());
  }

  @Test
  void isNotEvenThereForThoseWhoMayNotPull() {
    var thrown = refusal("thief", "Never");
    assertEquals("ErrImageNeverPull", thrown.reason());
    assertEquals(
        "Container image \"" + image(":1.0") + "\" is not present with pull policy of Never",
        thrown.getMessage());
  }

  @Test
  void isForThoseWhoShowTheSameCredentialsAndNeedsNoRegistryForThem() throws Exception {
    registry.close();
    reopen();
    ensure("tenant", "IfNotPresent", "pull");
    ensure("tenant", "Never", "pull");
    secrets.put("other/mine", OWN);
    ensure("other", "Never", "mine");
    ensureImage("@" + manifest, "other", "Always", "mine");
  }

  @Test
  void isForThoseWhomTheRegistryLetsHaveItWithoutPullingItAgain() throws Exception {
    long pulled = registry.count("/blobs/");
    registry.require(OTHER);
    secrets.put("other/mine", OTHER);
    ensure("other", "IfNotPresent", "mine");
    assertEquals(pulled, registry.count("/blobs/"));

    registry.close();
    reopen();
    ensure("other", "IfNotPresent", "mine");
    ensure("tenant", "IfNotPresent", "pull");
  }

  @Test
  void isNotForACredentialThatTheRegistryRefuses() {
    secrets.put("other/mine", OTHER);
    assertEquals("ErrImagePull", refusal("other", "IfNotPresent", "mine").reason());
  }

  @Test
  void isNotForTheSameCredentialsForAnotherRegistry() {
    otherRegistry = "registry.example";
    assertEquals("ErrImageNeverPull", refusal("tenant", "Never", "pull").reason());
  }

  @Test
  void isForThePodsOfItsNamespaceWhileTheApiServerIsAway() throws Exception {
    serverIsAway = true;
    registry.close();
    ensure("tenant", "IfNotPresent", "pull");
    assertEquals("ErrImagePull", refusal("other", "IfNotPresent", "pull").reason());
    assertEquals("ErrImagePull", refusal("tenant", "IfNotPresent", "another").reason());
  }

  @Test
  void isNotForAPodWhoseSecretIsGone() {
    secrets.clear();
    assertEquals("ErrImagePull", refusal("tenant", "IfNotPresent", "pull").reason());
  }

  @Test
  void isNotForADigestWithoutARegistryEither() {
    registry.close();
    var thrown =
        assertThrows(
            ModuleUnavailableException.class, () -> ensureImage("@" + manifest, "thief", "Always"));
    assertEquals("ErrImagePull", thrown.reason());
  }

  @Test
  void isForAllOnceTheNodeItselfMayHaveIt() throws Exception {
    Files.write(folder.resolve("config.json"), config("{\"auths\":%s}", OWN));
    ensure("other", "IfNotPresent");
    registry.close();
    Files.delete(folder.resolve("config.json"));
    reopen();
    ensure("thief", "Never");
  }

  @Test
  void isForAllOnceTheRegistryAsksForNoCredentials() throws Exception {
    registry.require(null);
    secrets.put("other/mine", OTHER);
    ensure("other", "IfNotPresent", "mine");
    registry.close();
    ensure("thief", "Never");
  }

  @Test
  void isForTheSecretsThatOpenedItLast() throws Exception {
    for (int i = 0; i < 16; i++) {
      Credentials each = new Credentials("user" + i, "x");
      registry.require(each);
      secrets.put("many/s" + i, each);
      ensure("many", "IfNotPresent", "s" + i);
    }
    registry.close();
    for (int i = 0; i < 16; i++) {
      ensure("many", "Never", "s" + i);
    }
    assertEquals("ErrImageNeverPull", refusal("tenant", "Never", "pull").reason());
  }

  @ParameterizedTest
  @CsvSource({
    "NEVER_VERIFY, , true, true",
    "NEVER_VERIFY_PRELOADED_IMAGES, , false, true",
    "NEVER_VERIFY_ALLOWLISTED_IMAGES, , false, false",
    "NEVER_VERIFY_ALLOWLISTED_IMAGES, HOST/team/ring, true, true",
    "NEVER_VERIFY_ALLOWLISTED_IMAGES, HOST/team/rin, false, false",
    "NEVER_VERIFY_ALLOWLISTED_IMAGES, HOST/*, true, true",
    "NEVER_VERIFY_ALLOWLISTED_IMAGES, HOST/other/*, false, false",
    "ALWAYS_VERIFY, , false, false",
  })
  void policySaysWhoseImagesAreAnybodys(
      Policy policy, String allowed, boolean pulled, boolean preloaded) throws Exception {
    Set<String> allowlist =
        allowed == null ? Set.of() : Set.of(allowed.replace("HOST", registry.name()));
    verification = new CredentialsVerification(policy, allowlist);
    reopen();
    assertEquals(pulled, isUsable());
    Path file = store.folder().resolve("images.json");
    String known = Files.readString(file);
    String unknown = known.replaceFirst(",\"access\":\\{[^}]*\\}\\]\\}", "");
    assertTrue(unknown.length() < known.length(), known);
    Files.writeString(file, unknown);
    reopen();
    assertEquals(preloaded, isUsable());
  }

  private boolean isUsable() throws Exception {
    try {
      ensure("thief", "Never");
      return true;
    } catch (ModuleUnavailableException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "[{}]", "[{\"namespace\":\"thief\"}]", "7"})
  void recordThatMakesNoSenseOpensNothing(String shown) throws Exception {
    Path file = store.folder().resolve("images.json");
    String known = Files.readString(file);
    String senseless = known.replaceFirst("\"secrets\":\\[\\{[^}]*\\}\\]", "\"secrets\":" + shown);
    assertNotEquals(known, senseless);
    Files.writeString(file, senseless);
    reopen();
    assertEquals("ErrImageNeverPull", refusal("thief", "Never").reason());
    ensure("tenant", "IfNotPresent", "pull");
  }

  @Test
  void keepsNoCredentials() throws Exception {
    secrets.put("tenant/long", new Credentials("a-user", "a-password"));
    registry.require(secrets.get("tenant/long"));
    ensure("tenant", "Always", "long");
    String kept = Files.readString(store.folder().resolve("images.json"));
    assertTrue(kept.contains("\"name\":\"long\""), kept);
    assertTrue(!kept.contains("a-user") && !kept.contains("a-password"), kept);
  }
}
