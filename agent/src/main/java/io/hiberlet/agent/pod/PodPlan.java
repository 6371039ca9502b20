package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ContainerRole;
import java.util.List;

/**
 * What may happen to the containers of a pod, by the kubelet's rules ({@code computePodActions},
 * and KEP-753 for sidecars). Containers are given in the order in which they are started.
 */
final class PodPlan {
  private PodPlan() {}

  /**
   * How many containers may run, from the first on: the main ones all together, those before them
   * one after the other. Where a later one has begun, in an earlier process even, the ones before
   * it need not have come so far again.
   */
  static int allowed(List<ContainerView> containers) {
    int begun = containers.size();
    while (begun > 0 && !containers.get(begun - 1).hasBegun()) {
      begun--;
    }
    boolean next = begun == 0 || containers.get(begun - 1).letsOthersBegin();
    int allowed = next ? begun + 1 : begun;
    boolean main =
        allowed > 0
            && allowed <= containers.size()
            && containers.get(allowed - 1).is(ContainerRole.MAIN);
    return main ? containers.size() : Math.min(allowed, containers.size());
  }

  /** Whether the pod has come to its end: nothing of it is started any more, sidecars are ended. */
  static boolean isOver(List<ContainerView> containers) {
    return hasFailedToInitialize(containers)
        || containers.stream()
            .filter(container -> container.is(ContainerRole.MAIN))
            .allMatch(ContainerView::isOver);
  }

  /** Whether an init container has failed that is not started again. */
  static boolean hasFailedToInitialize(List<ContainerView> containers) {
    return containers.stream()
        .filter(container -> container.is(ContainerRole.INIT))
        .anyMatch(container -> container.isOver() && !container.hasSucceeded());
  }

  /**
   * Whether it is a container's turn to end when all are to end: sidecars wait for the main
   * containers and for the sidecars after them.
   */
  static boolean mayStop(List<ContainerView> containers, int index) {
    return !containers.get(index).is(ContainerRole.SIDECAR)
        || containers.subList(index + 1, containers.size()).stream()
            .filter(later -> !later.is(ContainerRole.INIT))
            .noneMatch(ContainerView::isRunning);
  }
}
