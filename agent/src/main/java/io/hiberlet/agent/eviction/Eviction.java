package io.hiberlet.agent.eviction;

import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import io.hiberlet.node.task.RepeatedTask;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every ten seconds whether the node runs short of something, as the kubelet's eviction
 * manager does. What can be had without ending a pod comes first; if that was not enough at the
 * next look, one pod is ended, and after a while another one. Belongs to its task's thread.
 */
public final class Eviction implements RepeatedTask.Step {
  private static final Logger log = LoggerFactory.getLogger(Eviction.class);

  static final Duration PERIOD = Duration.ofSeconds(10);

  /** Free heap goes back to the machine when the heap is trimmed, which is once a minute. */
  static final Duration MEMORY_SETTLES = Duration.ofSeconds(70);

  private final Supplier<List<Shortage>> shortages;
  private final EvictablePods pods;
  private final Consumer<Shortage> begins;
  private final Set<Resource> relieved = EnumSet.noneOf(Resource.class);

  /**
   * @param shortages what is short at the moment of the call
   * @param begins is told of a shortage that was not there at the last look
   */
  public Eviction(
      Supplier<List<Shortage>> shortages, EvictablePods pods, Consumer<Shortage> begins) {
    this.shortages = shortages;
    this.pods = pods;
    this.begins = begins;
  }

  @Override
  public Duration run() {
    List<Shortage> now = shortages.get();
    relieved.retainAll(now.stream().map(Shortage::resource).collect(Collectors.toSet()));
    for (Shortage shortage : now) {
      if (isFought(shortage)) {
        return shortage.resource() == Resource.MEMORY ? MEMORY_SETTLES : PERIOD;
      }
    }
    return PERIOD;
  }

  /** Does something against it; false when there is nothing to do. */
  private boolean isFought(Shortage shortage) {
    if (relieved.add(shortage.resource())) {
      begins.accept(shortage);
      pods.relieve(shortage.resource());
      return true;
    }
    return EvictionOrder.first(pods.usages(shortage.resource()))
        .map(victim -> evict(victim, shortage))
        .orElse(false);
  }

  private boolean evict(PodUsage victim, Shortage why) {
    String message = victim.message(why);
    log.atWarn().addKeyValue("pod", victim.pod()).addKeyValue("reason", message).log("Evicting");
    pods.evict(victim.pod(), message);
    return true;
  }
}
