package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.BreakOff;
import io.hiberlet.agent.hibernation.ControllerId;
import java.time.Duration;

/**
 * Runs the guest of one life: within its limits, and with its CPU time counted. Used by the
 * controller's owner only, but for {@link #cpuTime}.
 */
final class LifeWork {
  private final ControllerId id;
  private final ControllerServices services;
  private final BreakOff breakOff;
  private boolean command;

  /**
   * @param breakOff ends the work from elsewhere
   */
  LifeWork(ControllerId id, ControllerServices services, BreakOff breakOff) {
    this.id = id;
    this.services = services;
    this.breakOff = breakOff;
  }

  /** What runs from now on. */
  void isOf(GuestSource source) {
    command = source.isCommand();
  }

  /** What all of it has taken so far. May be asked by any thread. */
  Duration cpuTime() {
    return breakOff.cpuTime();
  }

  GuestRunner.Run run(GuestRunner.GuestWork work) {
    GuestRunner.Run run = services.runner().run(id, command, breakOff, work);
    services.metrics().used(run.cpuTime());
    return run;
  }
}
