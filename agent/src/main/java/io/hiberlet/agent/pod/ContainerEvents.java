package io.hiberlet.agent.pod;

import io.hiberlet.agent.module.GoDuration;
import io.hiberlet.agent.probe.ProbeType;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import java.time.Duration;

/**
 * Tells what happens to one container, where the kubelet has words for it in these. Thread-safe.
 */
final class ContainerEvents {
  private final PodReporter reporter;
  private final String container;
  private final String pod;

  ContainerEvents(PodReporter reporter, PodKey pod, String container) {
    this.reporter = reporter;
    this.container = container;
    this.pod = "%s_%s(%s)".formatted(pod.name(), pod.namespace(), pod.uid());
  }

  void started(ContainerStart.Prepared prepared) {
    for (String skipped : prepared.settings().skipped()) {
      trouble("InvalidEnvironmentVariableNames", skipped);
    }
    reporter.event(
        EventType.NORMAL,
        "Started",
        "Started container %s (%s)".formatted(container, prepared.moduleDigest()));
  }

  void stopping() {
    killing("Stopping container %s");
  }

  void definitionChanged() {
    killing("Container %s definition changed, will be restarted");
  }

  /**
   * It is ended because of a probe.
   *
   * @param restarts whether it is started again
   */
  void unhealthy(ProbeType probe, boolean restarts) {
    killing(
        "Container %s failed "
            + probe.word()
            + (restarts ? " probe, will be restarted" : " probe"));
  }

  private void killing(String message) {
    reporter.event(EventType.NORMAL, "Killing", message.formatted(container));
  }

  void ended(Ending ending) {
    trouble(ending.reason(), "%s: %s".formatted(container, ending.message()));
  }

  /**
   * It is started again after a wait.
   *
   * @return what its status says of that
   */
  String backsOff(Duration delay) {
    trouble(
        "BackOff", "Back-off restarting failed container %s in pod %s".formatted(container, pod));
    return "back-off %s restarting failed container=%s pod=%s"
        .formatted(GoDuration.text(delay), container, pod);
  }

  /** Something failed. */
  void trouble(String reason, String message) {
    reporter.event(EventType.WARNING, reason, message);
  }
}
