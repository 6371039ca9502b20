package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.hiberlet.agent.module.layer.TarBytes;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Keyring;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.module.registry.RegistryException;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pull does with a registry that does not work as it should. */
class FakeRegistryPullTest extends ImagePullContract {
  private FakeRegistry fake;

  @Override
  TestRegistry open(Path folder) throws Exception {
    fake = new FakeRegistry();
    return fake;
  }

  private String message(String rest) {
    return failure(rest).getMessage();
  }

  private PulledImage pullVia(Registries registries, Keyring keyring) throws Exception {
    return pullWithin(Duration.ofSeconds(30), registries, keyring);
  }

  private PulledImage pullWithin(Duration timeout, Registries registries, Keyring keyring)
      throws Exception {
    return new ImagePuller(registries, new ImageLimits(100_000, timeout), store)
        .pull(
            ImageName.parse(fake.name() + "/" + TestRegistry.REPOSITORY + ":1.0"),
            keyring,
            digest -> Optional.empty())
        .image();
  }

  @Test
  void whatIsKnownIsNotReadAgain() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    PulledImage image = pull(":1.0");
    long before = fake.count("/blobs/");
    var name = ImageName.parse(fake.name() + "/" + TestRegistry.REPOSITORY + ":1.0");
    assertEquals(image, puller().pull(name, Keyring.EMPTY, digest -> Optional.of(image)).image());
    assertEquals(before, fake.count("/blobs/"));
  }

  @Test
  void tokenIsAskedForOnceAndForThisRepositoryOnly() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.require(CREDENTIALS);
    pull(":1.0", Keyring.EMPTY.with(fake.name(), CREDENTIALS));
    assertEquals(1, fake.count("/token"));
    FakeRegistry.Request token =
        fake.requests.stream().filter(each -> each.path().equals("/token")).findFirst().get();
    assertEquals("service=fake,+of+\"tests\"&scope=repository:team/ring:pull", token.query());
    assertEquals(FakeRegistry.basic(CREDENTIALS), token.authorization());
  }

  @Test
  void tokenOfOnePullIsNotUsedByAnother() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.require(CREDENTIALS);
    pull(":1.0", Keyring.EMPTY.with(fake.name(), CREDENTIALS));
    assertEquals(Kind.DENIED, failure(":1.0").kind());
  }

  @Test
  void credentialsDoNotFollowToAnotherHost() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.require(CREDENTIALS);
    try (FakeRegistry storage = new FakeRegistry()) {
      storage.blob(MODULE);
      fake.fault =
          exchange ->
              FakeRegistry.isBlob(exchange)
                  && FakeRegistry.redirect(
                      exchange, "http://" + storage.name() + exchange.getRequestURI().getPath());
      assertPulled(pull(":1.0", Keyring.EMPTY.with(fake.name(), CREDENTIALS)));
      assertNull(storage.requests.getFirst().authorization());
    }
  }

  @Test
  void redirectsInACircleEnd() throws Exception {
    fake.fault = exchange -> FakeRegistry.redirect(exchange, exchange.getRequestURI().getPath());
    assertEquals("the registry redirects too often", message(":1.0"));
  }

  @ParameterizedTest
  @CsvSource({"file:///etc/passwd", "ftp://x/", "http:///x", "'http://a b/'", "'//'"})
  void redirectToNoAddressIsNotFollowed(String location) {
    fake.fault = exchange -> FakeRegistry.redirect(exchange, location);
    assertEquals("a redirect to what is no address", message(":1.0"));
  }

  @Test
  void busyRegistryIsAskedAgain() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    var refusals = new AtomicInteger();
    fake.fault = exchange -> refusals.getAndIncrement() < 2 && busy(exchange, 429, "0");
    assertPulled(pull(":1.0"));
  }

  @ParameterizedTest
  @CsvSource({"429, 0", "503, 0", "429, 3600", "503, 3600"})
  void registryThatStaysBusyIsGivenUp(int status, String retryAfter) {
    fake.fault = exchange -> busy(exchange, status, retryAfter);
    RegistryException thrown = failure(":1.0");
    assertEquals(Kind.UNAVAILABLE, thrown.kind());
    assertEquals(
        "the registry answers %d, come again in %s s".formatted(status, retryAfter),
        thrown.getMessage());
    assertTrue(fake.requests.size() <= 3);
  }

  private static boolean busy(HttpExchange exchange, int status, String retryAfter)
      throws IOException {
    exchange.getResponseHeaders().add("Retry-After", retryAfter);
    return FakeRegistry.status(exchange, status);
  }

  @ParameterizedTest
  @CsvSource({
    "401,DENIED,the registry denies access (401)",
    "403,DENIED,the registry denies access (403)",
    "500,UNAVAILABLE,the registry answers 500"
  })
  void registrysErrorsAreNamed(int status, Kind kind, String expected) {
    fake.fault = exchange -> FakeRegistry.status(exchange, status);
    RegistryException thrown = failure(":1.0");
    assertEquals(kind, thrown.kind());
    assertEquals(expected, thrown.getMessage());
  }

  @Test
  void registryThatIsNotThereIsNamed() {
    fake.close();
    assertEquals("cannot connect to 127.0.0.1", message(":1.0"));
  }

  @Test
  void registryThatStallsIsGivenUp() {
    fake.fault = fake::stall;
    var impatient =
        new ImagePuller(
            new Registries(Set.of(fake.name()), Map.of(), Map.of()),
            new ImageLimits(1, Duration.ofSeconds(1)),
            store);
    var name = ImageName.parse(fake.name() + "/" + TestRegistry.REPOSITORY);
    var thrown =
        assertThrows(
            RegistryException.class,
            () -> impatient.pull(name, Keyring.EMPTY, digest -> Optional.empty()));
    assertEquals("the pull took longer than 1 s", thrown.getMessage());
  }

  @Test
  void plainHttpIsForListedRegistriesOnly() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    var tls = new Registries(Set.of("elsewhere.example"), Map.of(), Map.of());
    var thrown =
        assertThrows(
            RegistryException.class, () -> pullWithin(Duration.ofSeconds(1), tls, Keyring.EMPTY));
    assertEquals(Kind.UNAVAILABLE, thrown.kind());
    assertTrue(fake.requests.isEmpty());
  }

  @Test
  void mirrorIsAskedFirst() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    try (FakeRegistry registry = new FakeRegistry()) {
      var name = ImageName.parse(registry.name() + "/ring:1.0");
      var mirrored =
          new Registries(
              Set.of(registry.name(), fake.name()),
              Map.of(registry.name(), List.of(fake.name() + "/team")),
              Map.of());
      var puller = new ImagePuller(mirrored, new ImageLimits(1, Duration.ofSeconds(30)), store);
      assertPulled(puller.pull(name, Keyring.EMPTY, digest -> Optional.empty()).image());
      assertTrue(registry.requests.isEmpty());
    }
  }

  @Test
  void mirrorThatFailsIsPassedOverAndGetsNoCredentialsOfTheRegistry() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.require(CREDENTIALS);
    try (FakeRegistry mirror = new FakeRegistry()) {
      mirror.image("1.0", TestRegistry.WASM, MODULE);
      mirror.forge(Digest.of(MODULE), "something else, of some length".getBytes(UTF_8));
      var mirrored =
          new Registries(
              Set.of(mirror.name(), fake.name()),
              Map.of(fake.name(), List.of(mirror.name())),
              Map.of());
      assertPulled(pullVia(mirrored, Keyring.EMPTY.with(fake.name(), CREDENTIALS)));
      assertTrue(mirror.requests.stream().allMatch(each -> each.authorization() == null));
    }
  }

  @Test
  void forgedLayerIsNotTaken() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    byte[] forged = MODULE.clone();
    forged[0] = 1;
    fake.forge(Digest.of(MODULE), forged);
    assertTrue(message(":1.0").startsWith("digest mismatch: the layer "));
    assertOnlyModules(0);
    byte[] tar = new TarBytes().file("ring.wasm", MODULE).bytes();
    fake.image("2.0", TestRegistry.TAR, tar);
    byte[] other = new TarBytes().file("ring.wasm", forged).bytes();
    fake.forge(Digest.of(tar), other);
    assertTrue(message(":2.0").startsWith("digest mismatch: the layer "));
    assertOnlyModules(0);
  }

  @Test
  void layerOfAnotherLengthIsNotTaken() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.forge(Digest.of(MODULE), new byte[3]);
    assertEquals("the layer ends after 3 of 27 bytes", message(":1.0"));
    fake.forge(Digest.of(MODULE), new byte[900]);
    assertEquals("the layer has more than the 27 bytes that its manifest says", message(":1.0"));
    assertOnlyModules(0);
  }

  @Test
  void connectionThatBreaksLeavesNothing() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.fault =
        exchange -> {
          if (!FakeRegistry.isBlob(exchange)) {
            return false;
          }
          exchange.sendResponseHeaders(200, MODULE.length);
          exchange.getResponseBody().write(MODULE, 0, 5);
          exchange.getResponseBody().flush();
          return true; // and closes it
        };
    RegistryException thrown = failure(":1.0");
    assertEquals(Kind.UNAVAILABLE, thrown.kind());
    assertEquals("the connection broke after 5 of 27 bytes", thrown.getMessage());
    assertOnlyModules(0);
  }

  @Test
  void forgedManifestIsNotTaken() throws Exception {
    Digest manifest = fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.forgeManifest(manifest, TestRegistry.manifestOf(TestRegistry.WASM, new byte[1]));
    assertTrue(message("@" + manifest).startsWith("digest mismatch: the manifest " + manifest));
  }

  @Test
  void manifestOverTheLimitIsNotRead() {
    fake.manifest("1.0", TestRegistry.MANIFEST, " ".repeat((4 << 20) + 1));
    assertEquals("the manifest is larger than the 4194304 bytes that are allowed", message(":1.0"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"layers\":7",
        "[]",
        "null",
        "{}",
        "{\"layers\":[null]}",
        "{\"layers\":[{}]}",
        "{\"layers\":[{\"mediaType\":\"application/wasm\",\"digest\":\"sha256:12\",\"size\":1}]}",
        "{\"layers\":[{\"mediaType\":\"application/wasm\",\"digest\":\"x\",\"size\":-1}]}",
        "{\"layers\":[],\"manifests\":[]}",
        "{\"manifests\":[]}",
        "{\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+json\",\"layers\":[]}"
      })
  void nonsenseManifestIsNotTaken(String json) {
    fake.manifest("bad", TestRegistry.MANIFEST, json);
    assertEquals(Kind.INVALID, failure(":bad").kind());
  }

  @Test
  void moduleOverTheLimitIsRefusedBeforeItIsRead() throws Exception {
    fake.image("1.0", TestRegistry.WASM, new byte[1001]);
    var thrown = assertThrows(ModuleRefusedException.class, () -> pull(":1.0"));
    assertEquals(
        "the module has 1001 bytes, more than the 1000 that are allowed", thrown.getMessage());
    assertEquals(0, fake.count("/blobs/"));
  }

  @Test
  void moduleInAnImageOverTheLimitIsRefused() throws Exception {
    byte[] layer = new TarBytes().file("ring.wasm", new byte[1001]).gzip();
    fake.image("1.0", TestRegistry.TAR_GZIP, layer);
    var thrown = assertThrows(ModuleRefusedException.class, () -> pull(":1.0"));
    assertEquals("the module is larger than the 1000 bytes that are allowed", thrown.getMessage());
    assertOnlyModules(0);
  }

  @Test
  void imageOverTheLimitIsRefusedBeforeItIsRead() throws Exception {
    fake.image("1.0", TestRegistry.TAR, new byte[60_000], new byte[60_001]);
    var thrown = assertThrows(ModuleRefusedException.class, () -> pull(":1.0"));
    assertEquals(
        "the image's layers have more than the 100000 bytes that are allowed", thrown.getMessage());
    assertEquals(0, fake.count("/blobs/"));
  }

  @Test
  void bombIsStopped() throws Exception {
    byte[] bomb = new TarBytes().file("zeros", new byte[10 << 20]).gzip();
    assertTrue(bomb.length < 100_000);
    fake.image("1.0", TestRegistry.TAR_GZIP, bomb);
    var thrown = assertThrows(ModuleRefusedException.class, () -> pull(":1.0"));
    assertEquals(
        "the image unpacks to more than the 100000 bytes that are allowed", thrown.getMessage());
    assertOnlyModules(0);
  }

  @Test
  void tokenServiceWithoutTlsIsNotUsedForARegistryWithTls() throws Exception {
    fake.image("1.0", TestRegistry.WASM, MODULE);
    fake.fault =
        exchange -> {
          exchange
              .getResponseHeaders()
              .add("WWW-Authenticate", "Bearer realm=\"file:///etc/passwd\"");
          return FakeRegistry.status(exchange, 401);
        };
    assertEquals("the registry names no token service that can be used with TLS", message(":1.0"));
    assertFalse(store.contains(DIGEST));
  }
}
