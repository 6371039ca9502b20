package io.hiberlet.agent.pod;

import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import java.util.List;

/** Why a pod failed as a whole, in the kubelet's words. Kept in the pod's record. */
record PodFailure(String reason, String message) {
  private static final String EVICTED = "Evicted";

  static final PodFailure DEADLINE_EXCEEDED =
      new PodFailure(
          "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");

  /** The node needed what it held. */
  static PodFailure evicted(String message) {
    return new PodFailure(EVICTED, message);
  }

  void tell(PodReporter reporter) {
    reporter.event(isEviction() ? EventType.WARNING : EventType.NORMAL, reason, message);
  }

  /** What a Job's {@code podFailurePolicy} looks at. */
  List<Condition> conditions() {
    return isEviction()
        ? List.of(new Condition("DisruptionTarget", true, "TerminationByKubelet", message))
        : List.of();
  }

  private boolean isEviction() {
    return reason.equals(EVICTED);
  }
}
