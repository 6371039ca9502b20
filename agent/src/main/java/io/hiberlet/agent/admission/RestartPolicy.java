package io.hiberlet.agent.admission;

/** When a container that ended is started again; the policies of the Kubernetes API. */
public enum RestartPolicy {
  ALWAYS,
  ON_FAILURE,
  NEVER;

  /** Whether a container that ended so is started again. */
  public boolean restartsAfter(int exitCode) {
    return switch (this) {
      case ALWAYS -> true;
      case ON_FAILURE -> exitCode != 0;
      case NEVER -> false;
    };
  }

  /**
   * Reads it as the API server has checked it.
   *
   * @throws IllegalArgumentException when it is one that this version does not know
   */
  static RestartPolicy parse(String policy) {
    return switch (policy) {
      case "Always" -> ALWAYS;
      case "OnFailure" -> ON_FAILURE;
      case "Never" -> NEVER;
      default -> throw new IllegalArgumentException(policy);
    };
  }
}
