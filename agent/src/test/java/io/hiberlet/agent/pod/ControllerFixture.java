package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.admission.RestartPolicy;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.FaultySnapshotStore;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.hiberlet.snapshot.Table;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A controller whose guest is a fake, with everything else real but the disk. */
abstract class ControllerFixture {
  static final ControllerId ID = new ControllerId("uid-1", "operator");
  static final Duration AT_ONCE = Duration.ZERO;
  static final Duration NEVER = Duration.ofDays(1);
  static final long PATIENCE_SECONDS = 20;

  final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final HostIo hostIo =
      new HostIo(new HostIoConfig(URI.create("http://127.0.0.1:1"), List.of()), loops);
  final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  final GuestThreads threads = new GuestThreads(2);
  final MemorySnapshotStore disk = new MemorySnapshotStore();
  final FaultySnapshotStore store = new FaultySnapshotStore(disk, 1, Faults.NONE);
  final SnapshotRepository snapshots = new SnapshotRepository(store);
  final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  Duration wakeLimit = Duration.ofMinutes(1);
  volatile @Nullable RuntimeException broken;
  Duration firstTimer = Duration.ofMillis(1);
  ResidentRoom room = new ResidentRoom(Long.MAX_VALUE);

  @AfterEach
  void close() {
    threads.close();
    timer.shutdownNow();
    hostIo.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  static void awaitInterrupt() throws GuestTrapException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new GuestTrapException("interrupted", e);
    }
  }

  void corruptSnapshots() {
    for (byte[] key : store.keys(Table.SNAPSHOTS, new byte[0])) {
      store.write(List.of(new Change.Put(Table.SNAPSHOTS, key, new byte[] {1, 2, 3})));
    }
  }

  /** One that has started and fallen asleep, with nothing that would wake it. */
  Controller asleep(FakeGuest.Script script) {
    firstTimer = NEVER;
    Controller controller = controller(AT_ONCE, script);
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("hibernated", next());
    return controller;
  }

  Controller controller(Duration idleAfter, FakeGuest.Script script) {
    return controller(ID, idleAfter, script);
  }

  Controller controller(ControllerId id, Duration idleAfter, FakeGuest.Script script) {
    return controller(id, idleAfter, () -> FakeGuest.source(script, firstTimer));
  }

  Controller controller(ControllerId id, Duration idleAfter, Supplier<GuestSource> source) {
    ControllerServices services = TestServices.of(threads, timer, wakeLimit, store, room);
    return new Controller(
        id, "sha256:" + "a".repeat(64), spec(idleAfter), new Parts(source), services, new News());
  }

  private static ControllerSpec spec(Duration idleAfter) {
    return new ControllerSpec(
        ID.container(),
        ContainerRole.MAIN,
        RestartPolicy.ALWAYS,
        null,
        "image",
        ImagePull.DEFAULT,
        List.of(),
        List.of(),
        null,
        List.of(),
        1 << 20,
        null,
        ProbeSpecs.NONE,
        idleAfter,
        Duration.ZERO);
  }

  String next() {
    try {
      String said = news.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(said, "nothing was heard");
      return said;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private final class Parts implements ControllerParts {
    private final Supplier<GuestSource> source;

    Parts(Supplier<GuestSource> source) {
      this.source = source;
    }

    @Override
    public CompletionStage<GuestSource> loadModule() {
      return CompletableFuture.completedFuture(source.get());
    }

    @Override
    public ControllerOperations openOperations(OperationsState state, OperationsListener listener) {
      if (broken != null) {
        throw broken;
      }
      return hostIo.open(state, () -> CompletableFuture.completedFuture("token"), listener);
    }

    @Override
    public void rest() {}

    @Override
    public void close() {}
  }

  private final class News implements ControllerObserver {
    @Override
    public void resident() {
      news.add("resident");
    }

    @Override
    public void hibernated() {
      news.add("hibernated");
    }

    @Override
    public void ended(Ending ending) {
      news.add("ended %d %s".formatted(ending.exitCode(), ending.reason()));
    }

    @Override
    public void trouble(String reason, String message) {
      news.add("trouble " + reason);
    }
  }
}
