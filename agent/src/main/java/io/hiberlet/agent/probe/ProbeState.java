package io.hiberlet.agent.probe;

import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the results of its probes make of a container, in one life of it. The rules are those of the
 * kubelet's prober: a result counts when it came as often in a row as its threshold says; a failed
 * startup or liveness probe ends the container, and nothing counts after that. Not thread-safe.
 */
final class ProbeState {

  /** What follows from a result. */
  enum Effect {
    NOTHING,
    /** It is started, or ready, or no longer. */
    CHANGED,
    /** The container is to be ended. */
    FATAL
  }

  /** Results in a row that were the same. */
  private record Row(boolean success, int length) {}

  private final ProbeSpecs specs;
  private final Map<ProbeType, Row> rows = new EnumMap<>(ProbeType.class);
  private boolean started;
  private boolean ready;
  private boolean over;

  ProbeState(ProbeSpecs specs) {
    this.specs = specs;
    this.started = specs.startup() == null;
    this.ready = specs.readiness() == null;
  }

  boolean isStarted() {
    return started;
  }

  boolean isReady() {
    return started && ready;
  }

  /** Whether a probe is to be made now. */
  boolean wants(ProbeType type) {
    return !over && started != (type == ProbeType.STARTUP);
  }

  /** A probe was made. */
  Effect result(ProbeType type, boolean success) {
    ProbeSpec spec = type.of(specs);
    if (spec == null || !wants(type)) {
      return Effect.NOTHING;
    }
    Row before = rows.get(type);
    int length = before != null && before.success() == success ? before.length() : 0;
    Row row = new Row(success, length + 1);
    rows.put(type, row);
    int threshold = success ? spec.successThreshold() : spec.failureThreshold();
    return row.length() < threshold ? Effect.NOTHING : counts(type, success);
  }

  private Effect counts(ProbeType type, boolean success) {
    if (type == ProbeType.READINESS) {
      boolean changes = ready != success;
      ready = success;
      return changes ? Effect.CHANGED : Effect.NOTHING;
    }
    if (!success) {
      over = true;
      return Effect.FATAL;
    }
    boolean changes = !started;
    started = true;
    return changes ? Effect.CHANGED : Effect.NOTHING;
  }

  /** It sleeps: it has come to rest by itself, so it is well, and is not asked. */
  Effect asleep() {
    boolean changes = !isReady();
    started = true;
    ready = true;
    rows.clear();
    return changes ? Effect.CHANGED : Effect.NOTHING;
  }
}
