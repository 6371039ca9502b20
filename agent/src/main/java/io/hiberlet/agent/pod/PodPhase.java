package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.PodSpec.RestartPolicy;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodReport.Phase;
import java.util.List;

/** The phase of a pod, from its containers. */
final class PodPhase {
  private PodPhase() {}

  static Phase of(List<ContainerReport> containers, RestartPolicy policy) {
    boolean allOver =
        containers.stream()
            .allMatch(each -> each.state() instanceof Terminated end && isFinal(end, policy));
    if (allOver) {
      boolean allWell =
          containers.stream()
              .allMatch(each -> each.state() instanceof Terminated end && end.exitCode() == 0);
      return allWell ? Phase.SUCCEEDED : Phase.FAILED;
    }
    boolean begun =
        containers.stream()
            .allMatch(
                each ->
                    each.state() instanceof Running
                        || each.state() instanceof Terminated
                        || each.lastTermination() != null);
    return begun ? Phase.RUNNING : Phase.PENDING;
  }

  private static boolean isFinal(Terminated end, RestartPolicy policy) {
    return !policy.restartsAfter(end.exitCode());
  }
}
