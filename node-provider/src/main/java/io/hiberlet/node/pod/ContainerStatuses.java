package io.hiberlet.node.pod;

import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.State;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ContainerState;
import io.kubernetes.client.openapi.models.V1ContainerStateRunning;
import io.kubernetes.client.openapi.models.V1ContainerStateTerminated;
import io.kubernetes.client.openapi.models.V1ContainerStateWaiting;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes reports of containers as the API has them. */
final class ContainerStatuses {
  private static final State NOT_STARTED = new Waiting("ContainerCreating", null);

  private ContainerStatuses() {}

  /** One status for each container of the spec, in its order. */
  static List<V1ContainerStatus> of(
      String podUid, List<V1Container> containers, List<ContainerReport> reports) {
    return containers.stream()
        .map(container -> status(podUid, container, find(container.getName(), reports)))
        .toList();
  }

  /** What is reported of a container; one of which nothing is reported is not started yet. */
  static ContainerReport find(String name, List<ContainerReport> reports) {
    return reports.stream()
        .filter(report -> report.name().equals(name))
        .findFirst()
        .orElseGet(() -> new ContainerReport(name, NOT_STARTED, false, false, 0, null, null));
  }

  /** To the second and in UTC, as the API keeps times. */
  static OffsetDateTime time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC);
  }

  private static V1ContainerStatus status(
      String podUid, V1Container container, ContainerReport report) {
    String containerId = "hiberlet://" + podUid + "/" + container.getName();
    boolean everStarted = !(report.state() instanceof Waiting) || report.lastTermination() != null;
    var status =
        new V1ContainerStatus()
            .name(container.getName())
            .image(container.getImage() == null ? "" : container.getImage())
            .imageID(report.imageId() == null ? "" : report.imageId())
            .ready(report.ready())
            .started(report.started())
            .restartCount(report.restarts())
            .state(state(report.state(), containerId))
            .containerID(everStarted ? containerId : null);
    if (report.lastTermination() != null) {
      status.lastState(state(report.lastTermination(), containerId));
    }
    return status;
  }

  private static V1ContainerState state(State state, String containerId) {
    return switch (state) {
      case Waiting waiting ->
          new V1ContainerState()
              .waiting(
                  new V1ContainerStateWaiting()
                      .reason(waiting.reason())
                      .message(waiting.message()));
      case Running running ->
          new V1ContainerState()
              .running(new V1ContainerStateRunning().startedAt(time(running.since())));
      case Terminated end -> new V1ContainerState().terminated(terminated(end, containerId));
    };
  }

  private static V1ContainerStateTerminated terminated(Terminated end, String containerId) {
    return new V1ContainerStateTerminated()
        .exitCode(end.exitCode())
        .reason(end.reason())
        .message(end.message())
        .startedAt(nullableTime(end.startedAt()))
        .finishedAt(time(end.finishedAt()))
        .containerID(containerId);
  }

  private static @Nullable OffsetDateTime nullableTime(@Nullable Instant instant) {
    return instant == null ? null : time(instant);
  }
}
