package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.ImagePull;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.FaultySnapshotStore;
import io.hiberlet.snapshot.FaultySnapshotStore.Faults;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.hiberlet.snapshot.Table;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lives of controllers, with a guest that is a fake and everything else real but the disk. */
final class ControllerTest {
  private static final ControllerId ID = new ControllerId("uid-1", "operator");
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final long PATIENCE_SECONDS = 20;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final HostIo hostIo =
      new HostIo(new HostIoConfig(URI.create("http://127.0.0.1:1"), List.of()), loops);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GuestThreads threads = new GuestThreads(2);
  private final MemorySnapshotStore disk = new MemorySnapshotStore();
  private final FaultySnapshotStore store = new FaultySnapshotStore(disk, 1, Faults.NONE);
  private final SnapshotRepository snapshots = new SnapshotRepository(store);
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private Duration wakeLimit = Duration.ofMinutes(1);
  private volatile @Nullable RuntimeException broken;
  private Duration firstTimer = Duration.ofMillis(1);

  @AfterEach
  void close() {
    threads.close();
    timer.shutdownNow();
    hostIo.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void anIdleControllerHibernatesAndATimerBringsItBackWithItsMemory() {
    controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (read == 5) {
                throw new GuestExitException(7);
              }
              calls.timer(50);
            })
        .start(GuestSettings.NONE);
    assertEquals("resident", next());
    int hibernations = 0;
    String said = next();
    while (said.equals("hibernated")) {
      hibernations++;
      assertEquals("resident", next());
      said = next();
    }
    assertEquals("ended 7 Error", said);
    assertTrue(hibernations > 0);
  }

  @Test
  void anotherProcessAdoptsWhatThisOneSuspended() throws Exception {
    CountDownLatch firstRead = new CountDownLatch(1);
    Controller first =
        controller(
            NEVER,
            (calls, read, kind) -> {
              calls.timer(1);
              firstRead.countDown();
            });
    first.start(GuestSettings.NONE);
    firstRead.await();
    first.suspend().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    news.clear();

    OperationsState pending = snapshots.operations(ID).orElseThrow();
    controller(
            NEVER,
            (calls, read, kind) -> {
              assertTrue(read > 1, "it must go on counting, not begin again");
              throw new GuestExitException(0);
            })
        .adopt(pending);
    assertEquals("hibernated", next());
    assertEquals("resident", next());
    assertEquals("ended 0 Completed", next());
  }

  @Test
  void aTrapEndsIt() {
    controller(
            NEVER,
            (calls, read, kind) -> {
              throw new GuestTrapException("unreachable");
            })
        .start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("ended 134 Trapped", next());
  }

  @Test
  void aWakeThatTakesTooLongEndsIt() {
    wakeLimit = Duration.ofMillis(20);
    controller(
            NEVER,
            (calls, read, kind) -> {
              awaitInterrupt();
            })
        .start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("ended 137 WakeTimeout", next());
  }

  @Test
  void stoppingTellsTheGuestEvenOneThatSleeps() {
    firstTimer = NEVER;
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              throw new GuestExitException(kind == Completion.Kind.STOP ? 3 : 4);
            });
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("hibernated", next());
    controller.stop(Duration.ofMinutes(1));
    assertEquals("resident", next());
    assertEquals("ended 3 Error", next());
  }

  @Test
  void aGuestThatHasNothingLeftToDoIsNotWaitedFor() {
    Controller controller = controller(NEVER, (calls, read, kind) -> calls.timer(86_400_000));
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    controller.stop(Duration.ofDays(1));
    assertEquals("ended 0 Completed", next());
  }

  @Test
  void whatCannotBeOpenedEndsItWithTheReason() {
    broken = new UncheckedIOException(new IOException("no space left on device"));
    controller(NEVER, (calls, read, kind) -> {}).start(GuestSettings.NONE);
    assertEquals("ended 1 HostError", next());
  }

  @Test
  void withoutGraceItIsKilled() {
    Controller controller = controller(NEVER, (calls, read, kind) -> {});
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    controller.stop(Duration.ZERO);
    assertEquals("ended 137 Error", next());
  }

  @Test
  void aSnapshotThatCannotBeTrustedEndsThisLifeAndNothingElse() {
    firstTimer = NEVER;
    Controller controller = controller(AT_ONCE, (calls, read, kind) -> {});
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("hibernated", next());
    corruptSnapshots();
    controller.stop(Duration.ofMinutes(1));
    assertEquals("ended 1 SnapshotCorrupt", next());
    assertEquals(List.of("uid-1_operator"), disk.quarantined());
  }

  @Test
  void aWakeThatTakesTooLongGoesBackToTheSnapshot() throws Exception {
    wakeLimit = Duration.ofMillis(20);
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (read > 1) {
                awaitInterrupt();
              }
              calls.timer(50);
            });
    controller.start(GuestSettings.NONE);
    List<String> said = new ArrayList<>(List.of(next()));
    while (!said.getLast().startsWith("trouble")) {
      said.add(next());
    }
    assertEquals("trouble WakeTimeout", said.getLast());
    assertTrue(said.contains("hibernated"), "" + said);
    assertEquals("hibernated", next());
    ControllerStatus status =
        controller.status().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals("HIBERNATED", status.state());
    assertEquals(0, status.memoryBytes());
  }

  @Test
  void stoppingReachesAGuestWhoseLastWakeTookTooLong() {
    wakeLimit = Duration.ofMillis(20);
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              if (kind == Completion.Kind.STOP) {
                throw new GuestExitException(3);
              }
              if (read > 1) {
                awaitInterrupt();
              }
              calls.timer(50);
            });
    controller.start(GuestSettings.NONE);
    String said = next();
    while (!said.equals("trouble WakeTimeout")) {
      said = next();
    }
    assertEquals("hibernated", next());
    controller.stop(Duration.ofMinutes(5));
    assertEquals("resident", next());
    assertEquals("ended 3 Error", next());
  }

  @Test
  void anAdoptedOneWaitsForWhatCannotBeOpenedNow() {
    firstTimer = NEVER;
    Controller before = controller(AT_ONCE, (calls, read, kind) -> {});
    before.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("hibernated", next());
    before.suspend().toCompletableFuture().join();

    broken = new UncheckedIOException(new IOException("no space left on device"));
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              throw new GuestExitException((int) read);
            });
    controller.adopt(OperationsState.INITIAL);
    assertEquals("hibernated", next());
    assertEquals("trouble ResumeFailed", next());
    broken = null;
    controller.stop(Duration.ofMinutes(5));
    assertEquals("resident", next());
    assertEquals("ended 1 Error", next());
  }

  @Test
  void aDiskThatFailsAWhileCostsNoState() {
    firstTimer = NEVER;
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              throw new GuestExitException((int) read);
            });
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("hibernated", next());
    store.setFaults(new Faults(0, 0, 1, 0));
    controller.stop(Duration.ofMinutes(5));
    assertEquals("trouble ResumeFailed", next());
    store.setFaults(Faults.NONE);
    assertEquals("resident", next());
    assertEquals("ended 1 Error", next());
  }

  @Test
  void aFullDiskKeepsItInMemory() {
    firstTimer = NEVER;
    store.setFaults(new Faults(1, 0, 0, 0));
    Controller controller =
        controller(
            AT_ONCE,
            (calls, read, kind) -> {
              throw new GuestExitException((int) read);
            });
    controller.start(GuestSettings.NONE);
    assertEquals("resident", next());
    assertEquals("trouble HibernationFailed", next());
    controller.stop(Duration.ofMinutes(5));
    assertEquals("ended 1 Error", next());
  }

  private static void awaitInterrupt() throws GuestTrapException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new GuestTrapException("interrupted", e);
    }
  }

  private void corruptSnapshots() {
    for (byte[] key : store.keys(Table.SNAPSHOTS, new byte[0])) {
      store.write(List.of(new Change.Put(Table.SNAPSHOTS, key, new byte[] {1, 2, 3})));
    }
  }

  private Controller controller(Duration idleAfter, FakeGuest.Script script) {
    ControllerServices services =
        new ControllerServices(
            threads,
            new GuestRunner(new Watchdog(timer, wakeLimit, threads)),
            timer,
            snapshots,
            true,
            Clock.systemUTC(),
            new AgentMetrics());
    return new Controller(
        ID, "sha256:" + "a".repeat(64), spec(idleAfter), new Parts(script), services, new News());
  }

  private static ControllerSpec spec(Duration idleAfter) {
    return new ControllerSpec(
        ID.container(),
        null,
        "image",
        ImagePull.DEFAULT,
        List.of(),
        List.of(),
        null,
        List.of(),
        1 << 20,
        null,
        idleAfter);
  }

  private String next() {
    try {
      String said = news.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(said, "nothing was heard");
      return said;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private final class Parts implements ControllerParts {
    private final FakeGuest.Script script;

    Parts(FakeGuest.Script script) {
      this.script = script;
    }

    @Override
    public CompletionStage<GuestSource> loadModule() {
      return CompletableFuture.completedFuture(FakeGuest.source(script, firstTimer));
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
