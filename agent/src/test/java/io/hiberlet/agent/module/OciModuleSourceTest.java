package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.ModuleReference.OciImage;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OciModuleSourceTest {
  private static final byte[] MODULE = "the module's bytes".getBytes(UTF_8);
  private static final ModuleDigest DIGEST = ModuleDigest.of(MODULE);
  private static final String WASM = "application/wasm";

  @TempDir private Path folder;
  private FakeRegistry registry;
  private ModuleStore store;
  private OciModuleSource source;

  @BeforeEach
  void open() throws Exception {
    registry = new FakeRegistry();
    store = new ModuleStore(folder, 1000);
    source = new OciModuleSource(Set.of(registry.name()), Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private OciImage image(String rest) {
    return new OciImage(registry.name() + "/team/ring" + rest);
  }

  private ModuleUnavailableException unavailable(String rest) {
    var thrown =
        assertThrows(ModuleUnavailableException.class, () -> source.fetch(image(rest), store));
    assertEquals("ErrImagePull", thrown.reason());
    return thrown;
  }

  private String message(String rest) {
    String message = unavailable(rest).getMessage();
    String prefix = "failed to pull image \"%s\": ".formatted(image(rest).image());
    assertTrue(message.startsWith(prefix), message);
    return message.substring(prefix.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {WASM, "application/vnd.wasm.content.layer.v1+wasm"})
  void pullsByTag(String layerType) throws Exception {
    registry.artifact("1.0", layerType, MODULE);
    assertEquals(DIGEST, source.fetch(image(":1.0"), store));
    assertArrayEquals(MODULE, Files.readAllBytes(store.verified(DIGEST).orElseThrow()));
  }

  @Test
  void pullsLatestWithoutTag() throws Exception {
    registry.artifact("latest", WASM, MODULE);
    assertEquals(DIGEST, source.fetch(image(""), store));
  }

  @Test
  void pullsByDigest() throws Exception {
    ModuleDigest manifest = registry.artifact("1.0", WASM, MODULE);
    assertEquals(DIGEST, source.fetch(image("@" + manifest), store));
    assertEquals(DIGEST, source.fetch(image(":any@" + manifest), store));
  }

  @Test
  void doesNotPullWhatIsThere() throws Exception {
    registry.artifact("1.0", WASM, MODULE);
    source.fetch(image(":1.0"), store);
    source.fetch(image(":1.0"), store);
    assertEquals(1, registry.blobReads.get());
  }

  @Test
  void choosesTheWasmVariantOfAnIndex() throws Exception {
    ModuleDigest wasm = registry.artifact("a", WASM, MODULE);
    ModuleDigest other = registry.artifact("b", WASM, new byte[3]);
    String json =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[
         {"mediaType":"%s","digest":"%s","size":1,"platform":{"os":"linux","architecture":"arm64"}},
         {"mediaType":"%s","digest":"%s","size":1,"platform":{"os":"wasip1","architecture":"wasm"}}]}\
        """
            .formatted(
                FakeRegistry.INDEX, FakeRegistry.MANIFEST, other, FakeRegistry.MANIFEST, wasm);
    registry.manifest("multi", FakeRegistry.INDEX, json);
    assertEquals(DIGEST, source.fetch(image(":multi"), store));
    registry.manifest("none", FakeRegistry.INDEX, json.replace("\"wasm\"", "\"amd64\""));
    assertThrows(ModuleRefusedException.class, () -> source.fetch(image(":none"), store));
  }

  @Test
  void forgedModuleIsNotTaken() {
    registry.artifact("1.0", WASM, MODULE);
    registry.forge(DIGEST, "something else".getBytes(UTF_8));
    assertTrue(message(":1.0").contains("digest mismatch"));
    assertFalse(store.contains(DIGEST));
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void forgedManifestIsNotTaken() {
    ModuleDigest manifest = registry.artifact("1.0", WASM, MODULE);
    registry.forgeManifest(manifest, FakeRegistry.manifestOf(WASM, DIGEST, 1));
    assertTrue(message("@" + manifest).contains("digest mismatch"));
  }

  @Test
  void moduleOverTheLimitIsRefusedByWhatItSaysAndByWhatItIs() {
    byte[] large = new byte[1001];
    registry.artifact("honest", WASM, large);
    var thrown =
        assertThrows(ModuleRefusedException.class, () -> source.fetch(image(":honest"), store));
    assertEquals(
        "the module has 1001 bytes, more than the 1000 that are allowed", thrown.getMessage());
    assertEquals(0, registry.blobReads.get());
    registry.manifest(
        "liar", FakeRegistry.MANIFEST, FakeRegistry.manifestOf(WASM, ModuleDigest.of(large), 5));
    assertThrows(ModuleRefusedException.class, () -> source.fetch(image(":liar"), store));
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void imageThatIsNoModuleIsRefused() {
    registry.artifact("nginx", "application/vnd.oci.image.layer.v1.tar+gzip", MODULE);
    var thrown =
        assertThrows(ModuleRefusedException.class, () -> source.fetch(image(":nginx"), store));
    assertEquals(
        "the image must have one layer of type application/wasm, but its layers are:"
            + " [application/vnd.oci.image.layer.v1.tar+gzip]",
        thrown.getMessage());
  }

  @Test
  void nonsenseManifestIsUnavailable() {
    registry.manifest("bad", FakeRegistry.MANIFEST, "{\"layers\":7");
    assertFalse(unavailable(":bad").permanent());
  }

  @Test
  void unknownImageIsNotFound() {
    assertEquals("not found", message(":none"));
  }

  @ParameterizedTest
  @CsvSource({
    "401,the registry denies access (401)",
    "403,the registry denies access (403)",
    "500,the registry answers 500"
  })
  void registrysErrorsAreNamed(int status, String expected) {
    registry.status = status;
    assertEquals(expected, message(":1.0"));
  }

  @Test
  void registryThatIsNotThereIsNamed() {
    registry.close();
    assertEquals("cannot connect to the registry", message(":1.0"));
  }

  @Test
  void registryThatStallsIsGivenUp() {
    registry.stalls = true;
    source = new OciModuleSource(Set.of(registry.name()), Duration.ofSeconds(1));
    assertEquals("no answer within 1 s", message(":1.0"));
  }

  @Test
  void registryThatRedirectsInACircleIsGivenUp() {
    registry.circles = true;
    source = new OciModuleSource(Set.of(registry.name()), Duration.ofSeconds(2));
    assertFalse(unavailable(":1.0").permanent());
  }

  @Test
  void plainHttpIsForListedRegistriesOnly() {
    registry.artifact("1.0", WASM, MODULE);
    source = new OciModuleSource(Set.of("elsewhere.example"), Duration.ofSeconds(1));
    assertFalse(unavailable(":1.0").permanent());
    assertEquals(0, registry.blobReads.get());
  }
}
