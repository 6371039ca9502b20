package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.layer.TarBytes;
import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.module.registry.RegistryException;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pull does with a registry that works, whichever it is. */
@Timeout(60)
abstract class ImagePullContract {
  static final byte[] MODULE = "\0asm, or what passes for it".getBytes(UTF_8);
  static final ModuleDigest DIGEST = ModuleDigest.of(MODULE);
  static final Credentials CREDENTIALS = new Credentials("ring", "s3cret");

  @TempDir Path folder;
  TestRegistry registry;
  ModuleStore store;

  abstract TestRegistry open(Path folder) throws Exception;

  @BeforeEach
  void openRegistry() throws Exception {
    registry = open(Files.createDirectories(folder.resolve("registry")));
    store = new ModuleStore(folder.resolve("modules"), 1000, Clock.systemUTC());
  }

  @AfterEach
  void closeRegistry() throws Exception {
    registry.close();
  }

  final ImagePuller puller() {
    return new ImagePuller(
        new Registries(Set.of(registry.name()), Map.of(), Map.of()),
        new ImageLimits(100_000, Duration.ofSeconds(30)),
        store);
  }

  final PulledImage pull(String rest, Keyring keyring) throws Exception {
    String name = registry.name() + "/" + TestRegistry.REPOSITORY + rest;
    return puller().pull(ImageName.parse(name), keyring, digest -> Optional.empty()).image();
  }

  final PulledImage pull(String rest) throws Exception {
    return pull(rest, Keyring.EMPTY);
  }

  final RegistryException failure(String rest) {
    return assertThrows(RegistryException.class, () -> pull(rest));
  }

  final void assertPulled(PulledImage image) throws Exception {
    assertEquals(DIGEST, image.module());
    assertArrayEquals(MODULE, Files.readAllBytes(store.verified(DIGEST).orElseThrow()));
    assertOnlyModules(1);
  }

  final void assertOnlyModules(int count) {
    assertEquals(count, store.folder().toFile().list().length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/wasm", "application/vnd.wasm.content.layer.v1+wasm"})
  void artifactIsPulledByTag(String layerType) throws Exception {
    Digest manifest = registry.image("1.0", layerType, MODULE);
    PulledImage image = pull(":1.0");
    assertPulled(image);
    assertEquals(manifest, image.digest());
    assertEquals(MODULE.length, image.bytes());
  }

  @Test
  void imageWithoutTagIsLatest() throws Exception {
    registry.image("latest", TestRegistry.WASM, MODULE);
    assertPulled(pull(""));
  }

  @Test
  void imageIsPulledByDigest() throws Exception {
    Digest manifest = registry.image("1.0", TestRegistry.WASM, MODULE);
    assertPulled(pull("@" + manifest));
    assertPulled(pull(":any@" + manifest));
  }

  @Test
  void variantForWasmIsChosen() throws Exception {
    Digest wasm = registry.image("a", TestRegistry.WASM, MODULE);
    Digest other = registry.image("b", TestRegistry.WASM, new byte[3]);
    int size = TestRegistry.manifestOf(TestRegistry.WASM, MODULE).length();
    int otherSize = TestRegistry.manifestOf(TestRegistry.WASM, new byte[3]).length();
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s,%s]}"
            .formatted(
                TestRegistry.INDEX,
                variant(other, otherSize, "linux", "arm64"),
                variant(wasm, size, "wasi", "wasm"));
    Digest index = registry.manifest("multi", TestRegistry.INDEX, json);
    PulledImage image = pull(":multi");
    assertPulled(image);
    assertEquals(index, image.digest());
  }

  private static String variant(Digest digest, int size, String os, String architecture) {
    String descriptor = TestRegistry.descriptor(TestRegistry.MANIFEST, digest, size);
    return descriptor.substring(0, descriptor.length() - 1)
        + ",\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}}".formatted(os, architecture);
  }

  @Test
  void moduleIsFoundInAnOrdinaryImage() throws Exception {
    byte[] base = new TarBytes().folder("etc/").file("etc/hosts", new byte[700]).gzip();
    byte[] old = new TarBytes().file("app/old.wasm", new byte[9]).gzip();
    byte[] top =
        new TarBytes().file("app/.wh.old.wasm", new byte[0]).file("ring.wasm", MODULE).gzip();
    registry.image("1.0", TestRegistry.TAR_GZIP, base, old, top);
    PulledImage image = pull(":1.0");
    assertPulled(image);
    assertEquals(base.length + old.length + top.length, image.bytes());
  }

  @Test
  void layersMayBePackedWithZstd() throws Exception {
    registry.image("1.0", TestRegistry.TAR_ZSTD, new TarBytes().file("ring.wasm", MODULE).zstd());
    assertPulled(pull(":1.0"));
  }

  @Test
  void layersNeedNotBePacked() throws Exception {
    registry.image("1.0", TestRegistry.TAR, new TarBytes().file("ring.wasm", MODULE).bytes());
    assertPulled(pull(":1.0"));
  }

  @Test
  void imageWithoutModuleIsRefused() throws Exception {
    registry.image("1.0", TestRegistry.TAR_GZIP, new TarBytes().file("sh", MODULE).gzip());
    var thrown = assertThrows(ModuleRefusedException.class, () -> pull(":1.0"));
    assertEquals("the image holds no file with the name *.wasm", thrown.getMessage());
    assertOnlyModules(0);
  }

  @Test
  void imageOfSomethingElseIsRefused() throws Exception {
    registry.image("1.0", "application/vnd.cncf.helm.chart.content.v1.tar+gzip", MODULE);
    var thrown = assertThrows(ModuleRefusedException.class, () -> pull(":1.0"));
    assertEquals(
        "the image must have one layer of type application/wasm, or be a container image with one"
            + " .wasm file; its layers are: [application/vnd.cncf.helm.chart.content.v1.tar+gzip]",
        thrown.getMessage());
  }

  @Test
  void unknownImageIsNotFound() {
    RegistryException thrown = failure(":none");
    assertEquals(Kind.NOT_FOUND, thrown.kind());
    assertTrue(thrown.getMessage().startsWith("not found: "), thrown.getMessage());
  }

  @Test
  void credentialsOpenARegistry() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(CREDENTIALS);
    assertPulled(pull(":1.0", Keyring.EMPTY.with(registry.name(), CREDENTIALS)));
  }

  @Test
  void allCredentialsThatMatchAreTried() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(CREDENTIALS);
    Keyring keyring =
        Keyring.EMPTY
            .with(registry.name() + "/team", new Credentials("ring", "wrong"))
            .with(registry.name(), CREDENTIALS);
    assertPulled(pull(":1.0", keyring));
  }

  @Test
  void withoutCredentialsARegistryDenies() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(CREDENTIALS);
    assertEquals(Kind.DENIED, failure(":1.0").kind());
    Keyring elsewhere = Keyring.EMPTY.with("registry.example", CREDENTIALS);
    var thrown = assertThrows(RegistryException.class, () -> pull(":1.0", elsewhere));
    assertEquals(Kind.DENIED, thrown.kind());
  }
}
