package io.hiberlet.agent.probe;

import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.execution.OwnerAlarm;
import io.hiberlet.agent.probe.ProbeResult.Verdict;
import io.hiberlet.agent.probe.ProbeState.Effect;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Makes the probes of a container in one life of it, each in its period; at most one of a kind is
 * under way. While the controller sleeps no probe is made and no alarm is set. Used by its owner's
 * tasks only.
 */
public final class Prober {

  /** Makes probes. */
  @FunctionalInterface
  public interface Target {
    /** Makes one, within its timeout; never blocks, and wakes nobody. */
    CompletionStage<ProbeResult> probe(ProbeSpec spec);
  }

  /** Hears of what probes find, on the owner. */
  public interface Listener {
    /** A probe was made. */
    default void heard(ProbeType type, Verdict verdict) {}

    /** The container is started or ready now, or no longer. */
    void changed();

    /** A probe failed, be it the first time or not, or erred; a sentence for an event. */
    void failed(String message);

    /** The container is to be ended because of a probe. */
    void fatal(ProbeType type, ProbeSpec spec);
  }

  private final ProbeSpecs specs;
  private final ScheduledExecutorService timer;
  private final Executor owner;
  private final Target target;
  private final Listener listener;
  private final ProbeState state;
  private final Map<ProbeType, OwnerAlarm> alarms = new EnumMap<>(ProbeType.class);
  private final Set<ProbeType> underWay = EnumSet.noneOf(ProbeType.class);

  /** Those whose initial delay is over. */
  private final Set<ProbeType> due = EnumSet.noneOf(ProbeType.class);

  /** Changes when it falls asleep or ends: results of probes from before do not count. */
  private int wakefulness;

  private boolean awake;

  /**
   * @param owner runs its tasks one after the other
   */
  public Prober(
      ProbeSpecs specs,
      ScheduledExecutorService timer,
      Executor owner,
      Target target,
      Listener listener) {
    this.specs = specs;
    this.timer = timer;
    this.owner = owner;
    this.target = target;
    this.listener = listener;
    this.state = new ProbeState(specs);
  }

  /** Whether the container has come up. */
  public boolean isStarted() {
    return state.isStarted();
  }

  /** Whether others may count on the container. */
  public boolean isReady() {
    return state.isReady();
  }

  /** The container begins to run. */
  public void begin() {
    awake = true;
    for (ProbeType type : ProbeType.values()) {
      ProbeSpec spec = type.of(specs);
      if (spec != null) {
        set(type, spec, spec.initialDelay());
      }
    }
  }

  /** The controller goes on, asleep; nobody need be told. */
  public void adopt() {
    state.asleep();
  }

  /** The controller is in memory. */
  public void awake() {
    if (!awake) {
      awake = true;
      for (ProbeType type : ProbeType.values()) {
        ProbeSpec spec = type.of(specs);
        if (spec != null) {
          set(type, spec, spec.period());
        }
      }
    }
  }

  /** The controller sleeps. */
  public void asleep() {
    end();
    if (state.asleep() == Effect.CHANGED) {
      listener.changed();
    }
  }

  /** No probe is made any more; what was found stays. */
  public void end() {
    awake = false;
    wakefulness++;
    alarms.values().forEach(OwnerAlarm::cancel);
    alarms.clear();
    underWay.clear();
  }

  private void set(ProbeType type, ProbeSpec spec, Duration delay) {
    OwnerAlarm.cancel(
        alarms.put(type, OwnerAlarm.set(timer, owner, delay, () -> tick(type, spec))));
  }

  private void tick(ProbeType type, ProbeSpec spec) {
    due.add(type);
    boolean wanted = state.wants(type);
    if (wanted || type != ProbeType.STARTUP) { // who has started does so once in a life
      set(type, spec, spec.period());
    }
    if (!wanted || !underWay.add(type)) {
      return;
    }
    int during = wakefulness;
    var _ =
        target
            .probe(spec)
            .whenCompleteAsync(
                (result, failure) -> {
                  if (during == wakefulness) {
                    underWay.remove(type);
                    heard(
                        type,
                        spec,
                        failure == null ? result : ProbeResult.error(String.valueOf(failure)));
                  }
                },
                owner);
  }

  private void heard(ProbeType type, ProbeSpec spec, ProbeResult result) {
    listener.heard(type, result.verdict());
    if (result.verdict() == Verdict.UNKNOWN) {
      return;
    }
    if (result.verdict() == Verdict.ERROR) { // thrown away by the kubelet, too, once it is told
      listener.failed(
          "%s probe errored and resulted in unknown state: %s"
              .formatted(type.title(), result.output()));
      return;
    }
    boolean success = result.verdict() == Verdict.SUCCESS;
    if (!success) {
      listener.failed("%s probe failed: %s".formatted(type.title(), result.output()));
    }
    switch (state.result(type, success)) {
      case CHANGED -> {
        listener.changed();
        if (type == ProbeType.STARTUP) {
          lookAtReadiness();
        }
      }
      case FATAL -> {
        end();
        listener.fatal(type, spec);
      }
      case NOTHING -> {
        // Not often enough in a row, or as it was before.
      }
    }
  }

  /** As the kubelet: nobody waits for a whole period to learn that what has started is ready. */
  private void lookAtReadiness() {
    ProbeSpec readiness = specs.readiness();
    if (readiness != null && due.contains(ProbeType.READINESS)) {
      tick(ProbeType.READINESS, readiness);
    }
  }
}
