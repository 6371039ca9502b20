package io.hiberlet.agent.pod;

import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.State;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a container stands: what its pod's status says of it, and what is kept of it for the next
 * process. Used by the pod's owner only.
 */
final class ContainerState {
  private final String name;
  private State state;
  private volatile PodRecord.@Nullable Container record;

  /**
   * @param record what is known of it from before, null for a new one
   * @param waitsFor the reason that it shows before its first start
   */
  ContainerState(String name, PodRecord.@Nullable Container record, String waitsFor) {
    this.name = name;
    this.record = record;
    this.state = new Waiting(waitsFor, null);
  }

  /** It is not running, or not yet. */
  void waits(Waiting waiting) {
    state = waiting;
  }

  /** Its life of before goes on. */
  void goesOn(PodRecord.Container known) {
    state = new Running(known.startedAt());
  }

  /** Its last life is over since before. */
  void restsSince(Terminated end) {
    state = end;
  }

  /** A new life is to be written down. */
  PodRecord.Container newLife(String module, String moduleDigest, Instant now) {
    PodRecord.Container known = record;
    PodRecord.Container life =
        new PodRecord.Container(
            module,
            moduleDigest,
            now,
            known == null ? 0 : known.restarts() + 1,
            null,
            known == null ? null : known.ended());
    record = life;
    return life;
  }

  /** The new life could not be written down: it never was. */
  void noNewLife(PodRecord.@Nullable Container before) {
    record = before;
  }

  /** The new life is written down and runs. */
  void runs() {
    state = new Running(life().startedAt());
  }

  /** Its life is over. */
  Terminated ends(Ending ending, Instant now) {
    PodRecord.Container run = life();
    Terminated end =
        new Terminated(
            ending.exitCode(),
            ending.reason(),
            ending.message().isEmpty() ? null : ending.message(),
            run.startedAt(),
            now);
    record =
        new PodRecord.Container(
            run.module(), run.moduleDigest(), run.startedAt(), run.restarts(), end, run.previous());
    state = end;
    return end;
  }

  /** It is not started again: what it waited for does not matter any more. */
  void retires() {
    if (state instanceof Waiting && record != null && record.ended() != null) {
      state = record.ended();
    }
  }

  private PodRecord.Container life() {
    return Optional.ofNullable(record).orElseThrow();
  }

  /** What to keep of it, null before its first start. May be asked by any thread. */
  PodRecord.@Nullable Container record() {
    return record;
  }

  /** Whether it runs. */
  boolean isRunning() {
    return state instanceof Running;
  }

  /** Whether its last run is over and was a success. */
  boolean hasSucceeded() {
    return state instanceof Terminated end && end.exitCode() == 0;
  }

  /** What the pod's status says of it. */
  ContainerReport report(boolean started, boolean ready) {
    PodRecord.Container run = record;
    Terminated last =
        run == null
            ? null
            : state instanceof Waiting && run.ended() != null ? run.ended() : run.previous();
    return new ContainerReport(
        name,
        state,
        started,
        ready,
        run == null ? 0 : run.restarts(),
        run == null ? null : run.moduleDigest(),
        last);
  }
}
