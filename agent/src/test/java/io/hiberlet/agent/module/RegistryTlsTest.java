package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.http.TestCertificates;
import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.module.registry.RegistryException;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom a registry's certificate must be from. */
@Timeout(60)
class RegistryTlsTest {
  private static final byte[] MODULE = "\0asm, or what passes for it".getBytes(UTF_8);
  private static final Credentials CREDENTIALS = new Credentials("ring", "s3cret");

  @TempDir Path folder;
  private TestCertificates authority;
  private FakeRegistry registry;
  private Path caFile;

  @BeforeEach
  void openRegistry() throws Exception {
    authority = TestCertificates.forAddress("127.0.0.1");
    registry = FakeRegistry.secure(authority.server());
    registry.image("1.0", TestRegistry.WASM, MODULE);
    caFile = folder.resolve("ca.crt");
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  private PulledImage pull(Registries registries, Keyring keyring) throws Exception {
    var store = new ModuleStore(folder.resolve("modules"), 1000, Clock.systemUTC());
    return new ImagePuller(registries, new ImageLimits(1000, Duration.ofSeconds(30)), store)
        .pull(
            ImageName.parse(registry.name() + "/" + TestRegistry.REPOSITORY + ":1.0"),
            keyring,
            digest -> Optional.empty())
        .image();
  }

  private PulledImage pullTrusting(Map<String, Path> caFiles) throws Exception {
    return pull(new Registries(Set.of(), Map.of(), caFiles), Keyring.EMPTY);
  }

  private String refusal(Map<String, Path> caFiles) {
    var thrown = assertThrows(RegistryException.class, () -> pullTrusting(caFiles));
    assertEquals(Kind.UNAVAILABLE, thrown.kind());
    return thrown.getMessage();
  }

  @Test
  void certificateOfTheFilesAuthorityIsTrusted() throws Exception {
    Files.writeString(caFile, TestCertificates.forAddress("192.0.2.1").pem() + authority.pem());
    assertEquals(ModuleDigest.of(MODULE), pullTrusting(Map.of(registry.name(), caFile)).module());
  }

  @Test
  void soIsThatOfTheTokenServiceThatTheRegistryNames() throws Exception {
    Files.writeString(caFile, authority.pem());
    registry.require(CREDENTIALS);
    pull(
        new Registries(Set.of(), Map.of(), Map.of(registry.name(), caFile)),
        Keyring.EMPTY.with(registry.name(), CREDENTIALS));
    assertEquals(1, registry.count("/token"));
  }

  @Test
  void authorityOfAnotherRegistryIsNot() throws Exception {
    Files.writeString(caFile, authority.pem());
    String message = refusal(Map.of("127.0.0.1:1", caFile));
    assertTrue(message.startsWith("TLS with 127.0.0.1: "), message);
  }

  @Test
  void anotherAuthorityIsNot() throws Exception {
    Files.writeString(caFile, TestCertificates.forAddress("127.0.0.1").pem());
    String message = refusal(Map.of(registry.name(), caFile));
    assertTrue(message.startsWith("TLS with 127.0.0.1: "), message);
  }

  @Test
  void certificateForAnotherHostIsNot() throws Exception {
    TestCertificates elsewhere = TestCertificates.forAddress("192.0.2.1");
    Files.writeString(caFile, elsewhere.pem());
    registry.close();
    registry = FakeRegistry.secure(elsewhere.server());
    String message = refusal(Map.of(registry.name(), caFile));
    assertTrue(message.startsWith("TLS with 127.0.0.1: "), message);
  }

  @Test
  void fileThatCannotBeUsedIsNamed() throws Exception {
    Map<String, Path> caFiles = Map.of(registry.name(), caFile);
    String wrong = "cannot use %s, which should vouch for %s: ".formatted(caFile, registry.name());
    assertEquals(wrong + "there is no such file", refusal(caFiles));
    for (String content : List.of("", "some text\n", "-----BEGIN CERTIFICATE-----\nAAAA\n")) {
      Files.writeString(caFile, content);
      assertEquals(wrong + "it holds no certificates in PEM", refusal(caFiles));
    }
    Files.write(caFile, new byte[(1 << 20) + 1]);
    assertEquals(wrong + "it is larger than 1048576 bytes", refusal(caFiles));
  }

  @Test
  void mirrorsHaveFilesOfTheirOwn() throws Exception {
    Files.writeString(caFile, authority.pem());
    try (FakeRegistry mirrored = new FakeRegistry()) {
      var registries =
          new Registries(
              Set.of(mirrored.name()),
              Map.of(mirrored.name(), List.of(registry.name())),
              Map.of(registry.name(), caFile));
      var store = new ModuleStore(folder.resolve("modules"), 1000, Clock.systemUTC());
      new ImagePuller(registries, new ImageLimits(1000, Duration.ofSeconds(30)), store)
          .pull(
              ImageName.parse(mirrored.name() + "/" + TestRegistry.REPOSITORY + ":1.0"),
              Keyring.EMPTY,
              digest -> Optional.empty());
      assertTrue(mirrored.requests.isEmpty());
    }
  }
}
