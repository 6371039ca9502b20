package io.hiberlet.agent.admission;

import io.hiberlet.node.PodKey;
import java.util.List;

/**
 * An admitted pod.
 *
 * @param serviceAccount whose identity its requests carry
 * @param restartPolicy when a container that ended is started again
 */
public record PodSpec(
    PodKey key,
    String serviceAccount,
    RestartPolicy restartPolicy,
    List<ControllerSpec> controllers) {

  public PodSpec {
    controllers = List.copyOf(controllers);
  }

  /** The policies of the Kubernetes API. */
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
  }
}
