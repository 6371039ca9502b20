package io.hiberlet.agent;

import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.execution.HeapTrimmer;
import io.hiberlet.agent.execution.Watchdog;
import io.hiberlet.agent.hibernation.SnapshotRepository;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.pod.ControllerServices;
import io.hiberlet.agent.pod.GuestRunner;
import io.hiberlet.snapshot.RocksSnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreOptions;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs controllers, whomever they belong to: threads, the store, and what controllers share.
 * Opened by one thread; its parts are thread-safe.
 *
 * @param loops carry all network I/O
 * @param blocking for what blocks: a virtual thread a task
 */
record GuestEngine(
    SnapshotStore store,
    MultiThreadIoEventLoopGroup loops,
    ScheduledExecutorService timer,
    ExecutorService blocking,
    AgentMetrics metrics,
    ControllerServices services) {
  private static final Logger log = LoggerFactory.getLogger(GuestEngine.class);
  private static final Duration WORKER_PATIENCE = Duration.ofSeconds(5);
  private static final int EVENT_LOOPS = 2;

  /**
   * Opens one.
   *
   * @param store where controllers sleep
   * @param closing takes the parts over
   */
  static GuestEngine open(AgentConfig config, Path store, Clock clock, Closing closing)
      throws IOException {
    SnapshotStore opened =
        closing.add("store", RocksSnapshotStore.open(store, StoreOptions.DEFAULT));
    var loops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
    closing.add("event loops", () -> loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync());
    ScheduledExecutorService timer = closing.add("timer", newTimer());
    HeapTrimmer.start(timer);
    ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    closing.add("workers", () -> stopWorkers(blocking));
    GuestThreads guests =
        closing.add("guest threads", new GuestThreads(config.runtime().threads()));
    AgentMetrics metrics = new AgentMetrics();
    ControllerServices services =
        new ControllerServices(
            guests,
            new GuestRunner(
                new Watchdog(timer, config.runtime().wakeTimeout(), guests),
                config.runtime().commandTimeout()),
            Configured.residentRoom(config),
            timer,
            new SnapshotRepository(opened),
            config.hibernation().enabled(),
            clock,
            metrics);
    return new GuestEngine(opened, loops, timer, blocking, metrics, services);
  }

  /** The way to the API server, to be closed. */
  HostIo hostIo(HostIoConfig config) {
    return new HostIo(config, loops, metrics.guestRequests());
  }

  private static ScheduledExecutorService newTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name("timer").daemon().unstarted(task));
    timer.setRemoveOnCancelPolicy(true); // every wake sets an alarm and takes it back
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(
        false); // or a back-off holds up the end
    return timer;
  }

  /** Pulls and the like are given up: whoever stops the agent does not wait for a registry. */
  private static void stopWorkers(ExecutorService workers) throws InterruptedException {
    workers.shutdownNow();
    if (!workers.awaitTermination(WORKER_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      log.atWarn().log("Some work in the background did not end when the agent stopped");
    }
  }
}
