package io.hiberlet.node.pod;

import io.kubernetes.client.openapi.models.V1ContainerState;
import io.kubernetes.client.openapi.models.V1ContainerStateTerminated;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1EphemeralContainer;
import java.util.List;

/**
 * What {@code kubectl debug} puts into a pod that runs: it is not run here, and its status says so.
 * kubectl waits for a container that runs or has ended, and shows the log of the latter.
 */
public final class EphemeralContainers {
  /** Why, for a user. */
  public static final String REFUSAL =
      "ephemeral containers are not supported on this node: its containers are WebAssembly"
          + " controllers; kubectl exec POD -- hiberlet help lists what can be asked of one";

  /** As a shell says "command invoked cannot execute". */
  private static final int CANNOT_EXECUTE = 126;

  private EphemeralContainers() {}

  /** Their statuses, which never change. */
  static List<V1ContainerStatus> refused(List<V1EphemeralContainer> containers) {
    return containers.stream().map(EphemeralContainers::refused).toList();
  }

  private static V1ContainerStatus refused(V1EphemeralContainer container) {
    return new V1ContainerStatus()
        .name(container.getName())
        .image(container.getImage() == null ? "" : container.getImage())
        .imageID("")
        .ready(false)
        .restartCount(0)
        .state(
            new V1ContainerState()
                .terminated(
                    new V1ContainerStateTerminated()
                        .exitCode(CANNOT_EXECUTE)
                        .reason("NotSupported")
                        .message(REFUSAL)));
  }
}
