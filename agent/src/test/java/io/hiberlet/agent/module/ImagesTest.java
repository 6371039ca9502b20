package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.node.NodeImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImagesTest {
  private static final byte[] MODULE = "\0asm".getBytes(UTF_8);
  private static final byte[] NEWER = "\0asm, newer".getBytes(UTF_8);

  @TempDir Path folder;
  private FakeRegistry registry;
  private ModuleStore store;
  private Images images;
  private final Map<String, Map<String, byte[]>> secrets = new HashMap<>();
  private CredentialsVerification verification = CredentialsVerification.DEFAULT;
  private final RecordingListener listener = new RecordingListener();

  @BeforeEach
  void open() throws Exception {
    registry = new FakeRegistry();
    store = new ModuleStore(folder.resolve("modules"), 1000, Clock.systemUTC());
    images = reopened();
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private Images reopened() throws Exception {
    return new Images(
        new ImagePuller(
            new Registries(Set.of(registry.name()), Map.of(), Map.of()),
            new ImageLimits(1000, Duration.ofSeconds(30)),
            store),
        new ImageRecords(store.folder()),
        store,
        new PullSecrets(
            (namespace, name) -> Optional.ofNullable(secrets.get(namespace + "/" + name)),
            Optional.of(folder.resolve("config.json"))),
        verification,
        Clock.systemUTC());
  }

  private String image(String rest) {
    return registry.name() + "/" + TestRegistry.REPOSITORY + rest;
  }

  private ModuleDigest ensure(String rest, String policy, String... secretNames) throws Exception {
    return images.ensure(
        ImageName.parse(image(rest)),
        new PullRequest("ns", policy, List.of(secretNames), listener));
  }

  private ModuleUnavailableException failure(String rest, String policy, String... secretNames) {
    return assertThrows(ModuleUnavailableException.class, () -> ensure(rest, policy, secretNames));
  }

  private static ModuleDigest digest(byte[] module) {
    return ModuleDigest.of(module);
  }

  @Test
  void pullIsToldAsTheKubeletDoes() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    ensure(":1.0", "IfNotPresent");
    ensure(":1.0", "IfNotPresent");
    String image = image(":1.0");
    assertEquals("Pulling: Pulling image \"" + image + "\"", listener.events.get(0));
    assertTrue(
        listener
            .events
            .get(1)
            .matches(
                "Pulled: Successfully pulled image \""
                    + image
                    + "\" in [0-9.]+m?s"
                    + " \\([0-9.]+m?s including waiting\\)\\. Image size: 4 bytes\\."),
        listener.events.get(1));
    assertEquals(
        "Pulled: Container image \""
            + image
            + "\" already present on machine and can be accessed by the pod",
        listener.events.get(2));
    assertEquals(3, listener.events.size());
  }

  @Test
  void tagIsLookedUpAgainWithPolicyAlways() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    assertEquals(digest(MODULE), ensure(":1.0", "Always"));
    registry.image("1.0", TestRegistry.WASM, NEWER);
    assertEquals(digest(MODULE), ensure(":1.0", "IfNotPresent"));
    assertEquals(digest(NEWER), ensure(":1.0", "Always"));
    assertEquals(digest(NEWER), ensure(":1.0", "IfNotPresent"));
  }

  @Test
  void defaultPolicyIsAlwaysForLatestOnly() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.image("latest", TestRegistry.WASM, MODULE);
    ensure("", null);
    ensure(":1.0", null);
    registry.image("1.0", TestRegistry.WASM, NEWER);
    registry.image("latest", TestRegistry.WASM, NEWER);
    assertEquals(digest(NEWER), ensure("", null));
    assertEquals(digest(MODULE), ensure(":1.0", null));
  }

  @Test
  void whatWasPulledBeforeNeedsNoRegistry() throws Exception {
    Digest manifest = registry.image("1.0", TestRegistry.WASM, MODULE);
    ensure(":1.0", "IfNotPresent");
    registry.close();
    images = reopened();
    assertEquals(digest(MODULE), ensure(":1.0", "IfNotPresent"));
    assertEquals(digest(MODULE), ensure(":1.0", "Never"));
    assertEquals(digest(MODULE), ensure("@" + manifest, "IfNotPresent"));
    assertEquals(digest(MODULE), ensure("@" + manifest, "Always"));
    assertEquals("ErrImagePull", failure(":1.0", "Always").reason());
    assertEquals("ErrImagePull", failure(":2.0", "IfNotPresent").reason());
  }

  @Test
  void registryThatDeniesIsHeardEvenForADigestThatIsHere() throws Exception {
    Digest manifest = registry.image("1.0", TestRegistry.WASM, MODULE);
    ensure(":1.0", "IfNotPresent");
    registry.require(new Credentials("a", "b"));
    assertEquals("ErrImagePull", failure("@" + manifest, "Always").reason());
  }

  @Test
  void moduleThatIsGoneIsPulledAgain() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    ModuleDigest module = ensure(":1.0", "IfNotPresent");
    Files.delete(store.verified(module).orElseThrow());
    assertEquals("ErrImageNeverPull", failure(":1.0", "Never").reason());
    assertEquals(module, ensure(":1.0", "IfNotPresent"));
    assertTrue(store.contains(module));
  }

  @Test
  void imageThatMayNotBePulledIsToldSo() {
    var thrown = failure(":1.0", "Never");
    assertEquals("ErrImageNeverPull", thrown.reason());
    assertEquals(
        "Container image \"" + image(":1.0") + "\" is not present with pull policy of Never",
        thrown.getMessage());
    assertTrue(registry.requests.isEmpty());
  }

  @Test
  void failureNamesTheImage() {
    assertEquals(
        "failed to pull image \"" + image(":1.0") + "\": not found: manifest unknown",
        failure(":1.0", "Always").getMessage());
  }

  @Test
  void secretsOfThePodAreUsed() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(new Credentials("a", "b"));
    secrets.put("ns/json", Map.of(".dockerconfigjson", config("{\"auths\":%s}")));
    secrets.put("ns/cfg", Map.of(".dockercfg", config("%s")));
    assertEquals(digest(MODULE), ensure(":1.0", "Always", "json"));
    assertEquals(digest(MODULE), ensure(":1.0", "Always", "cfg"));
    assertEquals("ErrImagePull", failure(":1.0", "Always").reason());
  }

  private byte[] config(String frame) {
    return frame
        .formatted("{\"%s\":{\"username\":\"a\",\"password\":\"b\"}}".formatted(registry.name()))
        .getBytes(UTF_8);
  }

  @Test
  void credentialsOfTheNodeAreUsedByAllPods() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(new Credentials("a", "b"));
    Files.write(folder.resolve("config.json"), config("{\"auths\":%s}"));
    assertEquals(digest(MODULE), ensure(":1.0", "Always"));
  }

  @Test
  void secretsThatCannotBeUsedAreToldAndDoNotHoldUpThePull() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    secrets.put("ns/opaque", Map.of("password", new byte[1]));
    secrets.put("ns/broken", Map.of(".dockercfg", new byte[1]));
    assertEquals(digest(MODULE), ensure(":1.0", "Always", "none", "opaque", "broken"));
    assertEquals(
        "Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets"
            + " (none, opaque, broken); attempting to pull the image may not succeed.",
        listener.events.getFirst());
  }

  @Test
  void pullsOfOneImageAtTheSameTimeAreOne() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    var begun = new CountDownLatch(1);
    var proceed = new CountDownLatch(1);
    registry.fault =
        exchange -> {
          begun.countDown();
          await(proceed);
          return false;
        };
    List<FutureTask<ModuleDigest>> pulls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pulls.add(started(() -> ensure(":1.0", "IfNotPresent")));
      await(begun);
    }
    awaitEvents("Pulling", 4);
    proceed.countDown();
    for (FutureTask<ModuleDigest> pull : pulls) {
      assertEquals(digest(MODULE), pull.get());
    }
    awaitEvents("Pulled", 4);
    assertEquals(1, registry.count("/blobs/"));
  }

  @Test
  void pullsWithOtherCredentialsAreNotShared() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    registry.require(new Credentials("a", "b"));
    secrets.put("ns/good", Map.of(".dockercfg", config("%s")));
    var begun = new CountDownLatch(1);
    var proceed = new CountDownLatch(1);
    registry.fault =
        exchange -> {
          if (FakeRegistry.isBlob(exchange)) {
            begun.countDown();
            await(proceed);
          }
          return false;
        };
    FutureTask<ModuleDigest> good = started(() -> ensure(":1.0", "IfNotPresent", "good"));
    await(begun);
    assertEquals("ErrImagePull", failure(":1.0", "IfNotPresent").reason());
    proceed.countDown();
    assertEquals(digest(MODULE), good.get());
  }

  @Test
  void onlySoManyPullsAreUnderWay() throws Exception {
    var atOnce = new AtomicInteger();
    var most = new AtomicInteger();
    var proceed = new CountDownLatch(1);
    registry.fault =
        exchange -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          await(proceed);
          atOnce.decrementAndGet();
          return false;
        };
    List<FutureTask<ModuleDigest>> pulls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] module = {(byte) i};
      registry.image("v" + i, TestRegistry.WASM, module);
      String tag = ":v" + i;
      pulls.add(started(() -> ensure(tag, "IfNotPresent")));
    }
    awaitEvents("Pulling", 8);
    proceed.countDown();
    for (FutureTask<ModuleDigest> pull : pulls) {
      pull.get();
    }
    assertTrue(most.get() <= 3, "" + most);
    assertEquals(8, images.list().size());
  }

  private static FutureTask<ModuleDigest> started(Callable<ModuleDigest> work) {
    var task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  private void awaitEvents(String reason, int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (listener.events.stream().filter(each -> each.startsWith(reason)).count() < count) {
      assertTrue(System.nanoTime() < deadline, () -> "" + listener.events);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void imagesAreListedByDigestAndTags() throws Exception {
    Digest old = registry.image("1.0", TestRegistry.WASM, MODULE);
    ensure(":1.0", "IfNotPresent");
    registry.manifest(
        "stable", TestRegistry.MANIFEST, TestRegistry.manifestOf(TestRegistry.WASM, MODULE));
    ensure(":stable", "IfNotPresent");
    Digest recent = registry.image("1.0", TestRegistry.WASM, NEWER);
    ensure(":1.0", "Always");
    assertEquals(
        List.of(
            new NodeImage(List.of(image("@" + recent), image(":1.0")), NEWER.length),
            new NodeImage(List.of(image("@" + old), image(":stable")), MODULE.length)),
        images.list());
    assertEquals(images.list(), reopened().list());
  }

  @Test
  void recordThatCannotBeReadIsForgotten() throws Exception {
    registry.image("1.0", TestRegistry.WASM, MODULE);
    ensure(":1.0", "IfNotPresent");
    Path file = store.folder().resolve("images.json");
    for (String broken : List.of("", "{", "[null]", "[{}]", "[{\"digest\":\"x\"}]", "7")) {
      Files.writeString(file, broken);
      assertEquals(List.of(), reopened().list(), broken);
    }
    images = reopened();
    assertEquals(digest(MODULE), ensure(":1.0", "IfNotPresent"));
    assertEquals(1, reopened().list().size());
  }
}
