package io.hiberlet.agent.admission;

/** The annotations that a pod may carry; {@code docs/pods.md} tells users about them. */
public final class Annotations {
  /** Required; its value names the guest ABI. */
  public static final String CONTROLLER = "hiberlet.io/controller";

  /** The only ABI there is. */
  public static final String CONTROLLER_V1 = "v1";

  /** Where the module comes from, when not from the container's image. */
  public static final String MODULE = "hiberlet.io/module";

  /** The same for one container of a pod, whose name follows. */
  public static final String MODULE_OF = "module.hiberlet.io/";

  /** What their value begins with when the module is in a ConfigMap. */
  static final String CONFIG_MAP_MODULE = "configmap:";

  /** How long a controller stays in memory with nothing to do, such as {@code 30s}. */
  public static final String IDLE_AFTER = "hiberlet.io/idle-after";

  /** How much longer than until its next deadline a controller may sleep. */
  public static final String TIMER_SLACK = "hiberlet.io/timer-slack";

  private Annotations() {}
}
