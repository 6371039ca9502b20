package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.OperationInfo;
import io.hiberlet.agent.pod.ControllerStatus.Counters;
import java.util.Locale;

/** Writes a controller's status for a person at a terminal. */
final class StatusText {
  private StatusText() {}

  static String of(String podAndContainer, ControllerStatus status) {
    Counters counters = status.counters();
    StringBuilder text = new StringBuilder();
    line(text, "Controller:", podAndContainer);
    line(text, "State:", status.state().toLowerCase(Locale.ROOT));
    line(text, "Module:", status.moduleDigest());
    line(text, "Memory:", status.memoryBytes() + " bytes resident");
    line(text, "Snapshot:", counters.snapshotBytes() + " bytes written last");
    line(
        text,
        "Since start:",
        "%d wakes, %d hibernations, %d resumes"
            .formatted(counters.wakes(), counters.suspends(), counters.resumes()));
    line(text, "CPU time:", counters.cpuTime().toMillis() + " ms");
    line(text, "Last wake:", counters.lastWake() == null ? "-" : counters.lastWake().toString());
    line(text, "Operations:", status.operations().isEmpty() ? "none" : "");
    for (OperationInfo operation : status.operations()) {
      text.append("  ").append(line(operation)).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** What of a controller is where. */
  static String memory(ControllerStatus status) {
    StringBuilder text = new StringBuilder();
    line(text, "Resident:", status.memoryBytes() + " bytes of linear memory");
    line(text, "Limit:", status.memoryLimitBytes() + " bytes");
    line(text, "Snapshot:", status.counters().snapshotBytes() + " bytes written last");
    return text.toString();
  }

  /** One operation, in one line. */
  static String line(OperationInfo operation) {
    StringBuilder text =
        new StringBuilder("%4d  %-8s ".formatted(operation.id(), operation.kind()));
    text.append(operation.state());
    if (!operation.request().isEmpty()) {
      text.append("  ").append(operation.request());
    }
    if (operation.resourceVersion() != null) {
      text.append("  at resourceVersion ").append(operation.resourceVersion());
    }
    if (operation.due() != null) {
      text.append("  due ").append(operation.due());
    }
    if (operation.bytesWaiting() > 0) {
      text.append("  %d bytes waiting".formatted(operation.bytesWaiting()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-13s %s%n".formatted(name, value));
  }
}
