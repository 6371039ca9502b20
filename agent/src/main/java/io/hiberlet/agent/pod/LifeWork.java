package io.hiberlet.agent.pod;

import io.hiberlet.agent.execution.BreakOff;
import io.hiberlet.agent.hibernation.ControllerId;

/**
 * Runs the guest of one life: within its limits, and with its CPU time counted. Used by the
 * controller's owner only, but for {@link #breakOff}.
 */
final class LifeWork {
  private final ControllerId id;
  private final GuestRunner runner;
  private final WakeGate gate;
  private final ControllerInstance instance;
  private final BreakOff breakOff;
  private boolean command;

  /**
   * @param gate hears what the work took
   * @param instance likewise
   * @param breakOff ends the work from elsewhere
   */
  LifeWork(
      ControllerId id,
      GuestRunner runner,
      WakeGate gate,
      ControllerInstance instance,
      BreakOff breakOff) {
    this.id = id;
    this.runner = runner;
    this.gate = gate;
    this.instance = instance;
    this.breakOff = breakOff;
  }

  /** What runs from now on. */
  void isOf(GuestSource source) {
    command = source.isCommand();
  }

  GuestRunner.Outcome run(GuestRunner.GuestWork work) {
    GuestRunner.Run run = runner.run(id, command, breakOff, work);
    gate.ran(run.cpuTime());
    instance.used(run.cpuTime());
    return run.outcome();
  }
}
