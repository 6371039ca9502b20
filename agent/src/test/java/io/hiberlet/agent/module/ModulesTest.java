package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.ModuleReference.ModuleFile;
import io.hiberlet.agent.module.compiler.InProcessCompiler;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.runtime.TestModules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ModulesTest {
  private static final ModuleFile FILE = new ModuleFile("state.wasm");
  private static final int CALLERS = 4;
  private static final PullRequest REQUEST =
      new PullRequest("ns", null, List.of(), new RecordingListener());

  @TempDir private Path folder;
  private ModuleStore store;
  private ModuleLoader loader;
  private final AtomicInteger compilations = new AtomicInteger();
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch proceed = new CountDownLatch(1);

  @BeforeEach
  void open() throws Exception {
    store = new ModuleStore(folder, 1 << 20, Clock.systemUTC());
    loader =
        new ModuleLoader(
            store,
            new ArtifactStore(folder),
            (wasm, artifact) -> {
              compilations.incrementAndGet();
              new InProcessCompiler(ModuleLimits.DEFAULT).compile(wasm, artifact);
            },
            ModuleLimits.DEFAULT,
            LoadBudget.ofThisProcess());
  }

  private Modules modules(ModuleSource<ModuleFile> files) {
    return new Modules(
        store,
        new Images(
            new ImagePuller(
                new Registries(Set.of(), Map.of(), Map.of()),
                new ImageLimits(0, Duration.ofSeconds(1)),
                store),
            records(),
            store,
            new PullSecrets((namespace, name) -> Optional.empty(), Optional.empty()),
            CredentialsVerification.DEFAULT,
            Clock.systemUTC()),
        (key, into) -> {
          throw new ModuleRefusedException("bad");
        },
        files,
        loader,
        new ModuleCollector(
            store,
            records(),
            new CollectionPolicy(100, 100, Duration.ZERO, Optional.empty()),
            DiskSpace.of(folder),
            Clock.systemUTC()));
  }

  private ImageRecords records() {
    try {
      return new ImageRecords(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModuleDigest fetchSlowly(ModuleStore into)
      throws IOException, ModuleRefusedException, InterruptedException {
    fetches.incrementAndGet();
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    begun.countDown();
    assertTrue(proceed.await(30, TimeUnit.SECONDS));
    atOnce.decrementAndGet();
    return into.write(new ByteArrayInputStream(TestModules.bytes("state")));
  }

  private ModuleSource<ModuleFile> slowly() {
    return (file, into) -> fetchSlowly(into);
  }

  private static <T> List<FutureTask<T>> concurrently(int count, IntFunction<Callable<T>> call) {
    var tasks = new ArrayList<FutureTask<T>>();
    for (int i = 0; i < count; i++) {
      var task = new FutureTask<>(call.apply(i));
      Thread.ofPlatform().start(task);
      tasks.add(task);
    }
    return tasks;
  }

  @Test
  void fetchesOfOneReferenceAtTheSameTimeAreOne() throws Exception {
    Modules modules = modules(slowly());
    var results = concurrently(1, i -> () -> modules.fetch(FILE, REQUEST));
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    results.addAll(concurrently(CALLERS, i -> () -> modules.fetch(FILE, REQUEST)));
    proceed.countDown();
    for (var result : results) {
      assertEquals(ModuleDigest.of(TestModules.bytes("state")), result.get());
    }
    assertTrue(fetches.get() <= 1 + CALLERS);
    assertEquals(1, mostAtOnce.get());
  }

  @Test
  void fetchesAreBounded() throws Exception {
    Modules modules = modules(slowly());
    var results = concurrently(8, i -> () -> modules.fetch(new ModuleFile("f" + i), REQUEST));
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    proceed.countDown();
    for (var result : results) {
      result.get();
    }
    assertEquals(8, fetches.get());
    assertTrue(mostAtOnce.get() <= 3, "" + mostAtOnce.get());
  }

  @Test
  void interruptedFetchDoesNotSpoilThatOfOthers() throws Exception {
    Modules modules = modules(slowly());
    var first = new FutureTask<>(() -> modules.fetch(FILE, REQUEST));
    Thread leader = Thread.ofPlatform().start(first);
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    var second = concurrently(1, i -> () -> modules.fetch(FILE, REQUEST)).getFirst();
    leader.interrupt();
    var thrown = assertThrows(ExecutionException.class, first::get);
    assertTrue(thrown.getCause() instanceof InterruptedException, "" + thrown);
    proceed.countDown();
    assertEquals(ModuleDigest.of(TestModules.bytes("state")), second.get());
  }

  @Test
  void failuresKeepTheirType() {
    Modules modules =
        modules(
            (file, into) -> {
              throw new IOException("disk full");
            });
    var disk = assertThrows(ModuleUnavailableException.class, () -> modules.fetch(FILE, REQUEST));
    assertEquals("CreateContainerError", disk.reason());
    assertEquals("the node's module store failed: disk full", disk.getMessage());
    assertThrows(
        ModuleRefusedException.class,
        () -> modules.fetch(new ModuleReference.ConfigMapKey("a", "b", "c"), REQUEST));
  }

  @Test
  void moduleIsCompiledOnceForAll() throws Exception {
    proceed.countDown();
    Modules modules = modules(slowly());
    ModuleDigest digest = modules.fetch(FILE, REQUEST);
    var results = concurrently(CALLERS, i -> () -> modules.load(digest));
    GuestModule module = modules.load(digest);
    for (var result : results) {
      assertSame(module, result.get());
    }
    assertEquals(1, compilations.get());
    assertTrue(modules.bytesOnDisk() > TestModules.bytes("state").length + 10_000);
  }

  @Test
  void moduleThatIsNotThereIsUnavailable() {
    var absent = ModuleDigest.of(new byte[0]);
    var thrown =
        assertThrows(ModuleUnavailableException.class, () -> modules(slowly()).load(absent));
    assertEquals("module " + absent + " is not on this node any more", thrown.getMessage());
  }

  @Test
  void moduleThatIsNoModuleIsRefused() throws Exception {
    ModuleDigest digest = store.write(new ByteArrayInputStream(new byte[] {1, 2, 3}));
    for (int i = 0; i < 2; i++) {
      assertThrows(ModuleRefusedException.class, () -> modules(slowly()).load(digest));
    }
  }
}
