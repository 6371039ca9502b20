package io.hiberlet.agent.pod;

/** A controller's module carries out no commands. */
final class NoExecHandlerException extends Exception {
  private static final long serialVersionUID = 1L;

  NoExecHandlerException() {
    super("the module does not import hiberlet.exec_exit");
  }
}
