package io.hiberlet.agent.pod;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.hiberlet.node.pod.PodPriority;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the pods down when the machine goes down, in the kubelet's order: those of lower priority
 * first, critical ones last, so that these serve the others for as long as there are any. Critical
 * pods have a time of their own, which nobody before them can use up.
 */
public final class PodShutdown {
  private static final Logger log = LoggerFactory.getLogger(PodShutdown.class);

  /** One pod that may run. */
  interface Member {
    int priority();

    /** Writes it down; completes when that is done. */
    CompletionStage<Void> suspend();
  }

  private final Supplier<? extends List<? extends Member>> pods;
  private final Duration regular;
  private final Duration critical;

  /**
   * @param regular that pods which are not critical have, together
   * @param critical that critical pods have, together
   */
  public PodShutdown(PodAgent pods, Duration regular, Duration critical) {
    this(pods::runners, regular, critical);
  }

  PodShutdown(
      Supplier<? extends List<? extends Member>> pods, Duration regular, Duration critical) {
    this.pods = pods;
    this.regular = regular;
    this.critical = critical;
  }

  /** Returns when all are written down, or their time is over; blocks that long. */
  public void run() throws InterruptedException {
    TreeMap<Integer, List<Member>> groups =
        pods.get().stream().collect(groupingBy(Member::priority, TreeMap::new, toList()));
    suspend(groups.headMap(PodPriority.CRITICAL), regular);
    suspend(groups.tailMap(PodPriority.CRITICAL), critical);
  }

  private static void suspend(Map<Integer, List<Member>> groups, Duration longest)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + longest.toNanos();
    for (Map.Entry<Integer, List<Member>> group : groups.entrySet()) {
      CompletableFuture<?>[] suspended =
          group.getValue().stream()
              .map(pod -> pod.suspend().toCompletableFuture())
              .toArray(CompletableFuture<?>[]::new);
      try {
        CompletableFuture.allOf(suspended)
            .get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        log.atWarn()
            .addKeyValue("priority", group.getKey())
            .setCause(e)
            .log("Some controllers are not written down yet; going on with the next ones");
      }
    }
  }
}
