package io.hiberlet.agent.pod;

/**
 * How a controller's life ended.
 *
 * @param exitCode 0 for success
 * @param reason as {@code kubectl} shows it
 * @param message a sentence for a person; empty when there is nothing to say
 */
record Ending(int exitCode, String reason, String message) {

  /** The exit code of a process killed by SIGKILL, which users of containers know. */
  private static final int KILLED = 137;

  /** The exit code of a process that aborted (SIGABRT), the nearest thing to a trap. */
  private static final int ABORTED = 134;

  static Ending exited(int exitCode) {
    return new Ending(exitCode, exitCode == 0 ? "Completed" : "Error", "");
  }

  static Ending trapped(String message) {
    return new Ending(ABORTED, "Trapped", message);
  }

  /** In the words of a container that the kernel killed for its memory limit. */
  static Ending outOfMemory(String message) {
    return new Ending(KILLED, "OOMKilled", message);
  }

  static Ending tooSlow(String message) {
    return new Ending(KILLED, "WakeTimeout", message);
  }

  static Ending stopped() {
    return new Ending(0, "Completed", "stopped");
  }

  static Ending neverRan() {
    return new Ending(KILLED, "Error", "stopped before it ran");
  }

  static Ending killed() {
    return new Ending(KILLED, "Error", "did not end within its grace period");
  }

  /** Its snapshot is of no use, and was taken out of the way. */
  static Ending corrupt(String message) {
    return lost(
        "SnapshotCorrupt", "its snapshot is quarantined, it starts from scratch: " + message);
  }

  /** Nobody saw how: the agent ended, too, and had not written the controller down yet. */
  static Ending unknown() {
    return new Ending(
        KILLED,
        "ContainerStatusUnknown",
        "the agent ended before the container had slept for the first time");
  }

  /** Something on this node failed, and the controller with it. */
  static Ending lost(String reason, String message) {
    return new Ending(1, reason, message);
  }
}
