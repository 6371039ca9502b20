package io.hiberlet.agent.simulation;

/** The process that runs this step has ended: nothing after this line is done by it. */
final class CrashedError extends Error {
  private static final long serialVersionUID = 1L;

  CrashedError() {
    super("the process has ended", null, false, false);
  }
}
