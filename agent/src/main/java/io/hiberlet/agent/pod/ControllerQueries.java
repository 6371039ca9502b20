package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.agent.hostio.ExecRefusedException;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.agent.pod.ControllerInstance.Footprint;
import io.hiberlet.agent.runtime.Guest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What others ask of a controller that changes nothing of its life. Made for a question, and used
 * by the controller's owner while it answers that.
 *
 * @param state of its life, as people call it
 */
record ControllerQueries(
    String state,
    ControllerSpec spec,
    ControllerParts parts,
    ControllerInstance instance,
    LifeOperations operations,
    LifeWork work) {

  /** What it takes of memory; null while it is not there. May be asked by any thread. */
  @Nullable Footprint footprint() {
    return instance.footprint();
  }

  ControllerStatus status() {
    return new ControllerStatus(
        state,
        instance.snapshots().moduleDigest(),
        instance.memoryBytes(),
        spec.memoryLimitBytes(),
        instance.counters(work.cpuTime()),
        operations.describe());
  }

  /** Gives the guest a command; {@code begun} gets it, or why there is none. */
  void exec(ExecCommand command, CompletableFuture<GuestExec> begun) {
    operations.exec(parts.loadModule(), command, begun);
  }

  /** Gives the guest a command if it is in memory; nothing when it is not. */
  Optional<GuestExec> execAwake(ExecCommand command)
      throws NoExecHandlerException, ExecRefusedException {
    return instance.isResident()
        ? Optional.of(operations.exec(instance.handlesExec(), command))
        : Optional.empty();
  }

  /** Writes a snapshot, if it is in memory. */
  ControllerStatus snapshot() {
    if (instance.isResident()) {
      instance.save(operations.open().capture());
    }
    return status();
  }

  CompletionStage<GuestSource> module() {
    return parts.loadModule();
  }

  /** A copy to be looked at, as of now, or as it fell asleep. */
  Guest copy(GuestSource source) {
    snapshot();
    return instance.snapshots().copy(source);
  }
}
