package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.node.PodReport.Phase;
import java.util.List;
import java.util.function.Predicate;

/**
 * The phase of a pod, by the kubelet's rules ({@code getPhase}). Containers are given in the order
 * in which they are started.
 */
final class PodPhase {
  private PodPhase() {}

  /**
   * The phase to report. As with the kubelet, it is not a final one while anything runs.
   *
   * @param ended whether nothing is started any more
   * @param failed whether the pod has failed, whatever its containers did
   */
  static Phase of(List<ContainerView> containers, boolean ended, boolean failed) {
    Phase phase = failed ? Phase.FAILED : of(containers, ended);
    if (!phase.isFinal() || containers.stream().noneMatch(ContainerView::isRunning)) {
      return phase;
    }
    return isInitialized(containers) ? Phase.RUNNING : Phase.PENDING;
  }

  private static Phase of(List<ContainerView> containers, boolean ended) {
    if (PodPlan.hasFailedToInitialize(containers)) {
      return Phase.FAILED;
    }
    if (isInitializing(containers) || any(containers, PodPhase::waitsForItsFirstStart)) {
      return Phase.PENDING;
    }
    if (any(containers, ContainerView::isRunning)) {
      return Phase.RUNNING;
    }
    List<ContainerView> main =
        containers.stream().filter(container -> container.is(ContainerRole.MAIN)).toList();
    if (!ended && any(main, container -> !container.isOver())) {
      return Phase.RUNNING; // some are being started again
    }
    return any(main, container -> !container.hasSucceeded()) ? Phase.FAILED : Phase.SUCCEEDED;
  }

  private static boolean isInitializing(List<ContainerView> containers) {
    return any(containers, each -> each.is(ContainerRole.INIT) && each.isRunning())
        || (!isInitialized(containers)
            && any(
                containers,
                each ->
                    each.is(ContainerRole.SIDECAR) && each.isRunning() && !each.letsOthersBegin()));
  }

  private static boolean waitsForItsFirstStart(ContainerView container) {
    return !container.hasBegun();
  }

  private static boolean isInitialized(List<ContainerView> containers) {
    return any(containers, each -> each.is(ContainerRole.MAIN) && each.hasBegun());
  }

  private static boolean any(List<ContainerView> containers, Predicate<ContainerView> wanted) {
    return containers.stream().anyMatch(wanted);
  }
}
