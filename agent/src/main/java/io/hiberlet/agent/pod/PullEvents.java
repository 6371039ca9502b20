package io.hiberlet.agent.pod;

import io.hiberlet.agent.module.PullListener;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;

/** Tells the news of pulls as events of the pod that wants them. */
record PullEvents(PodReporter reporter) implements PullListener {

  @Override
  public void normal(String reason, String message) {
    reporter.event(EventType.NORMAL, reason, message);
  }

  @Override
  public void warning(String reason, String message) {
    reporter.event(EventType.WARNING, reason, message);
  }
}
