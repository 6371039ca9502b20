package io.hiberlet.agent.admission;

/** What a container is for in its pod. */
public enum ContainerRole {
  /** Runs to its end before the next one is started. */
  INIT,

  /** Is started among the init containers, and runs beside all that come after it (KEP-753). */
  SIDECAR,

  /** What the pod is for. */
  MAIN
}
