package io.hiberlet.agent.pod;

import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;

/** Tells the news of pulls as events of the pod that wants them, and counts the pulls. */
record PullEvents(PodReporter reporter, AgentMetrics metrics) implements PullListener {

  @Override
  public void normal(String reason, String message) {
    if (reason.equals("Pulling")) {
      metrics.pulls();
    }
    reporter.event(EventType.NORMAL, reason, message);
  }

  @Override
  public void warning(String reason, String message) {
    reporter.event(EventType.WARNING, reason, message);
  }
}
