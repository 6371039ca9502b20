package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ContainerRole;
import io.hiberlet.agent.admission.RestartPolicy;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;

/** What decisions about a pod look at in one of its containers. Immutable. */
record ContainerView(ContainerRole role, RestartPolicy restartPolicy, ContainerReport report) {

  /** Whether it was ever started, by an earlier process even. */
  boolean hasBegun() {
    return !(report.state() instanceof Waiting) || report.lastTermination() != null;
  }

  boolean isRunning() {
    return report.state() instanceof Running;
  }

  /** Whether it ended and is not started again. */
  boolean isOver() {
    return report.state() instanceof Terminated end && !restartPolicy.restartsAfter(end.exitCode());
  }

  /** Whether its last run is over and was a success. */
  boolean hasSucceeded() {
    return report.state() instanceof Terminated end && end.exitCode() == 0;
  }

  /** Whether it has come so far that those after it may begin. */
  boolean letsOthersBegin() {
    return switch (role) {
      case INIT -> hasSucceeded();
      case SIDECAR -> report.started();
      case MAIN -> true;
    };
  }

  boolean is(ContainerRole wanted) {
    return role == wanted;
  }
}
