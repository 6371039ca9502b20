package io.hiberlet.benchmarks;

import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.module.ArtifactStore;
import io.hiberlet.agent.module.CollectionPolicy;
import io.hiberlet.agent.module.ConfigMapModuleSource;
import io.hiberlet.agent.module.CredentialsVerification;
import io.hiberlet.agent.module.DiskSpace;
import io.hiberlet.agent.module.FileModuleSource;
import io.hiberlet.agent.module.ImageLimits;
import io.hiberlet.agent.module.ImagePuller;
import io.hiberlet.agent.module.ImageRecords;
import io.hiberlet.agent.module.Images;
import io.hiberlet.agent.module.LoadBudget;
import io.hiberlet.agent.module.ModuleCollector;
import io.hiberlet.agent.module.ModuleLoader;
import io.hiberlet.agent.module.ModuleStore;
import io.hiberlet.agent.module.Modules;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.module.PullSecrets;
import io.hiberlet.agent.module.compiler.ChildProcessCompiler;
import io.hiberlet.agent.module.compiler.CompilerLimits;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.pod.ContainerLogs;
import io.hiberlet.agent.pod.ControllerServices;
import io.hiberlet.agent.pod.Controllers;
import io.hiberlet.agent.pod.GuestRunner;
import io.hiberlet.agent.pod.PodFiles;
import io.hiberlet.agent.pod.ResidentRoom;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.volume.Delays;
import io.hiberlet.agent.volume.PodVolumes;
import io.hiberlet.agent.volume.VolumeInputs;
import io.hiberlet.node.client.PodResources;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogStore;
import io.hiberlet.node.object.ApiPodObjects;
import io.hiberlet.node.object.PodObjects;
import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import io.kubernetes.client.openapi.ApiClient;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The parts of the agent that controllers need, without a node around them: everything that the
 * agent holds for its controllers is real, and nothing of what Kubernetes wants is there. Used by
 * one thread.
 */
final class AgentParts implements AutoCloseable {
  private static final int GUEST_THREADS = 2;
  private static final int EVENT_LOOPS = 2;
  private static final Duration WAKE_TIMEOUT = Duration.ofSeconds(30);
  private static final long COMPILER_BYTES = 512L << 20;
  private static final Duration COMPILER_TIME = Duration.ofMinutes(5);
  private static final Duration PULL_TIMEOUT = Duration.ofMinutes(1);

  /** Where the module of the benchmarks is, as a pod says it. */
  static final String MODULE = "file:working-set.wasm";

  private static final URI NO_SERVER = URI.create("http://127.0.0.1:1");

  private final SnapshotStore store;
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final GuestThreads guestThreads = new GuestThreads(GUEST_THREADS);
  private final HostIo hostIo = new HostIo(new HostIoConfig(NO_SERVER, List.of()), loops);
  private final AgentMetrics metrics = new AgentMetrics();
  private final PodFiles files;
  private final Controllers controllers;

  AgentParts(Path folder) throws IOException {
    timer.setRemoveOnCancelPolicy(true);
    store = RocksSnapshotStore.open(folder.resolve("store"), StoreOptions.DEFAULT);
    Clock clock = Clock.systemUTC();
    ControllerServices services =
        new ControllerServices(
            guestThreads,
            new GuestRunner(new Watchdog(timer, WAKE_TIMEOUT, guestThreads), WAKE_TIMEOUT),
            new ResidentRoom(Long.MAX_VALUE),
            timer,
            new SnapshotRepository(store),
            true,
            clock,
            metrics);
    files = new PodFiles(folder.resolve("pods"));
    PodObjects objects = new ApiPodObjects(new ApiClient());
    PodResources resources = new PodResources(new ApiClient());
    VolumeInputs inputs = new VolumeInputs(objects, resources::requestToken, clock);
    controllers =
        new Controllers(
            services,
            modules(folder),
            hostIo,
            resources,
            objects,
            new PodVolumes(folder.resolve("pods"), inputs, Delays.of(timer), blocking),
            new ContainerLogs(files, new LogStore(LogLimits.KUBELET_DEFAULTS)),
            blocking);
  }

  private static Modules modules(Path folder) throws IOException {
    Path files = Files.createDirectories(folder.resolve("files"));
    Files.write(files.resolve(MODULE.substring("file:".length())), WorkingSetModule.bytes());
    ModuleStore store =
        new ModuleStore(
            folder.resolve("modules"), ModuleLimits.DEFAULT.moduleBytes(), Clock.systemUTC());
    ImageRecords records = new ImageRecords(store.folder());
    return new Modules(
        store,
        images(store, records),
        new ConfigMapModuleSource(new ApiPodObjects(new ApiClient())),
        new FileModuleSource(Optional.of(files)),
        new ModuleLoader(
            store,
            new ArtifactStore(folder.resolve("modules")),
            new ChildProcessCompiler(
                new CompilerLimits(COMPILER_BYTES, COMPILER_TIME, COMPILER_BYTES),
                ModuleLimits.DEFAULT),
            ModuleLimits.DEFAULT,
            LoadBudget.ofThisProcess()),
        new ModuleCollector(
            store,
            records,
            new CollectionPolicy(100, 100, Duration.ZERO, Optional.empty()),
            DiskSpace.of(store.folder()),
            Clock.systemUTC()));
  }

  private static Images images(ModuleStore store, ImageRecords records) {
    return new Images(
        new ImagePuller(
            new Registries(Set.of(), Map.of(), Map.of()), new ImageLimits(0, PULL_TIMEOUT), store),
        records,
        store,
        new PullSecrets((namespace, name) -> Optional.empty(), Optional.empty()),
        CredentialsVerification.DEFAULT,
        Clock.systemUTC());
  }

  /** Of pods that no event recorder listens to. */
  static final PullListener NO_EVENTS =
      new PullListener() {
        @Override
        public void normal(String reason, String message) {}

        @Override
        public void warning(String reason, String message) {}
      };

  /** What pods are made of. */
  Controllers controllers() {
    return controllers;
  }

  SnapshotStore store() {
    return store;
  }

  PodFiles files() {
    return files;
  }

  /** Waits until so many controllers are in memory and nothing goes on. */
  void awaitResident(int count) throws InterruptedException, BrokenBarrierException {
    await("hiberlet_resident_controllers", count);
    CyclicBarrier quiet = new CyclicBarrier(GUEST_THREADS + 1);
    for (int i = 0; i < GUEST_THREADS; i++) {
      guestThreads.execute(
          () -> {
            try {
              quiet.await();
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new IllegalStateException(e);
            }
          });
    }
    quiet.await();
  }

  /** Waits until controllers have gone to sleep so many times, and none is in memory. */
  void awaitHibernations(int count) throws InterruptedException, BrokenBarrierException {
    await("hiberlet_hibernations_total", count);
    awaitResident(0);
  }

  private void await(String metric, int value) throws InterruptedException {
    String line = "%s %.1f".formatted(metric, (double) value);
    while (metrics.text().lines().noneMatch(line::equals)) {
      Thread.sleep(10); // nothing here is told when a gauge changes
    }
  }

  @Override
  public void close() {
    hostIo.close();
    guestThreads.close();
    blocking.shutdownNow();
    timer.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    store.close();
  }
}
