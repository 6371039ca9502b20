package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.execution.BreakOff;
import io.hiberlet.agent.execution.SerialExecutor;
import io.hiberlet.agent.hibernation.ControllerId;
import io.hiberlet.agent.hostio.ExecCommand;
import io.hiberlet.agent.hostio.ExecRefusedException;
import io.hiberlet.agent.hostio.GuestExec;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.pod.ControllerInstance.Footprint;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One life of one controller, from its start to its end, through any number of hibernations and
 * restarts of the agent. Thread-safe: hands everything to its owner, a {@link SerialExecutor} that
 * runs the {@link ControllerLife}.
 */
final class Controller implements TroubleListener {
  private final SerialExecutor owner;
  private final ControllerLife life;
  private final ScheduledExecutorService timer;
  private final BreakOff breakOff = new BreakOff();

  Controller(
      ControllerId id,
      String moduleDigest,
      ControllerSpec spec,
      ControllerParts parts,
      ControllerServices services,
      ControllerObserver observer) {
    this.owner = new SerialExecutor(services.guestThreads());
    this.timer = services.timer();
    this.life =
        new ControllerLife(
            new ControllerSnapshots(id, moduleDigest, services),
            spec,
            parts,
            services,
            observer,
            breakOff,
            owner);
    parts.tellTrouble(this);
  }

  @Override
  public void trouble(String reason, String message) {
    owner.execute(() -> life.trouble(reason, message));
  }

  /** Begins a new life. */
  void start(GuestSettings settings) {
    owner.execute(() -> life.start(settings));
  }

  /** Goes on with a life that an earlier process wrote down. */
  void adopt(OperationsState pending) {
    owner.execute(() -> life.adopt(pending));
  }

  /** Sets how long it stays in memory with nothing to do, from when it is woken next. */
  void idleAfter(Duration idleAfter) {
    owner.execute(() -> life.idleAfter(idleAfter));
  }

  /**
   * Ends this life: the guest is told, and discarded when the grace is over, in the middle of what
   * it does if need be.
   *
   * @return completes at the end, after the observer was told
   */
  CompletionStage<Void> stop(Duration grace) {
    ScheduledFuture<?> end = timer.schedule(breakOff::now, grace.toMillis(), TimeUnit.MILLISECONDS);
    return CompletableFuture.supplyAsync(() -> life.stop(grace), owner)
        .thenCompose(Function.identity())
        .whenComplete((ended, failure) -> end.cancel(false));
  }

  /**
   * Writes the controller down and lets go of it, so that another process can adopt it. The
   * observer hears nothing more.
   */
  CompletionStage<Void> suspend() {
    return CompletableFuture.runAsync(life::suspend, owner);
  }

  /**
   * Gives the guest a command, waking it if need be.
   *
   * @return fails with {@link NoExecHandlerException} or {@link ExecRefusedException}; whoever gets
   *     a command closes it
   */
  CompletionStage<GuestExec> exec(ExecCommand command) {
    CompletableFuture<GuestExec> begun = new CompletableFuture<>();
    owner.execute(() -> life.queries().exec(command, begun));
    return begun;
  }

  /** The same for a guest that is awake; nothing for one that is not. */
  CompletionStage<Optional<GuestExec>> execAwake(ExecCommand command) {
    CompletableFuture<Optional<GuestExec>> begun = new CompletableFuture<>();
    owner.execute(
        () -> {
          try {
            begun.complete(life.queries().execAwake(command));
          } catch (NoExecHandlerException | ExecRefusedException e) {
            begun.completeExceptionally(e);
          }
        });
    return begun;
  }

  /** CPU time that its life has taken of this process; waits for nobody. */
  Duration cpuTime() {
    return breakOff.cpuTime();
  }

  /**
   * What it takes of memory, as it was when it came to rest last; null while it is not there. Waits
   * for nobody.
   */
  @Nullable Footprint footprint() {
    return life.queries().footprint();
  }

  /** Writes a snapshot, if it is in memory; then its state. Fails when it cannot be written. */
  CompletionStage<ControllerStatus> snapshot() {
    return CompletableFuture.supplyAsync(() -> life.queries().snapshot(), owner);
  }

  /** Puts it to sleep now unless it is busy; then its state. */
  CompletionStage<ControllerStatus> hibernate() {
    return CompletableFuture.runAsync(life::hibernate, owner).thenCompose(_ -> status());
  }

  /** Brings it back into memory, if it sleeps; then its state. */
  CompletionStage<ControllerStatus> resume() {
    CompletableFuture<ControllerStatus> resident = new CompletableFuture<>();
    owner.execute(() -> life.resume(() -> resident.complete(life.queries().status())));
    return resident;
  }

  /** A copy of it to be looked at, as it is now; the caller closes it. */
  CompletionStage<Guest> copy() {
    return CompletableFuture.supplyAsync(() -> life.queries().module(), owner)
        .thenCompose(Function.identity())
        .thenApplyAsync(source -> life.queries().copy(source), owner);
  }

  /** Its state, for a person. */
  CompletionStage<ControllerStatus> status() {
    return CompletableFuture.supplyAsync(() -> life.queries().status(), owner);
  }
}
