package io.hiberlet.agent.pod;

/** Hears of a controller's life, on the controller's owner; must not block. */
interface ControllerObserver {

  /** Its instance is in memory. */
  void resident();

  /** Nothing of it is in memory. */
  void hibernated();

  /** Said once; nothing comes after it. */
  void ended(Ending ending);

  /** Something failed that the controller survived. */
  void trouble(String reason, String message);
}
