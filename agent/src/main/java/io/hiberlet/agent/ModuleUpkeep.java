package io.hiberlet.agent;

import io.hiberlet.agent.module.ModuleDigest;
import io.hiberlet.agent.module.Modules;
import io.hiberlet.agent.pod.PodAgent;
import io.hiberlet.snapshot.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the garbage of the module store every five minutes, as the kubelet does. */
final class ModuleUpkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModuleUpkeep.class);
  private static final Duration PERIOD = Duration.ofMinutes(5);

  private final Modules modules;
  private final PodAgent pods;
  private final Executor blocking;
  private final ScheduledFuture<?> rounds;

  /**
   * Starts it.
   *
   * @param timer must not be blocked
   * @param blocking may be
   */
  ModuleUpkeep(Modules modules, PodAgent pods, ScheduledExecutorService timer, Executor blocking) {
    this.modules = modules;
    this.pods = pods;
    this.blocking = blocking;
    this.rounds =
        timer.scheduleWithFixedDelay(
            this::begin, PERIOD.toSeconds(), PERIOD.toSeconds(), TimeUnit.SECONDS);
  }

  private void begin() {
    try {
      blocking.execute(this::collect);
    } catch (RejectedExecutionException e) {
      log.atDebug().setCause(e).log("The agent stops; no more rounds");
    }
  }

  /** One round; blocks. */
  void collect() {
    try {
      modules.collectGarbage(
          pods.modulesInUse().stream().map(ModuleDigest::new).collect(Collectors.toSet()));
    } catch (IOException | StoreException e) {
      log.atWarn().setCause(e).log("Unused modules were not removed; tried again later");
    }
  }

  @Override
  public void close() {
    rounds.cancel(false);
  }
}
