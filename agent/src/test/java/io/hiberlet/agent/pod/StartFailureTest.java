package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The words are the kubelet's: people and programs search for them. */
class StartFailureTest {

  private final List<String> events = new ArrayList<>();
  private final PodReporter reporter =
      new PodReporter() {
        @Override
        public void report(PodReport report) {}

        @Override
        public void event(EventType type, String reason, String message) {
          events.add(type.value() + " " + reason + ": " + message);
        }
      };

  private List<String> events(StartFailure failure) {
    failure.tell(reporter);
    return events;
  }

  private static StartFailure unavailable(String reason, String message) {
    return StartFailure.of(
        new CompletionException(new ModuleUnavailableException(reason, message, false)));
  }

  @Test
  void failedPull() {
    StartFailure failure = unavailable("ErrImagePull", "failed to pull image \"x\": not found");
    assertEquals(
        List.of(
            "Warning Failed: Failed to pull image \"x\": not found",
            "Warning Failed: Error: ErrImagePull"),
        events(failure));
    events.clear();
    StartFailure waiting = failure.backOff("x", reporter);
    assertEquals("ImagePullBackOff", waiting.reason());
    assertEquals(
        "Back-off pulling image \"x\": ErrImagePull: failed to pull image \"x\": not found",
        waiting.message());
    assertEquals(
        List.of(
            "Normal BackOff: Back-off pulling image \"x\"",
            "Warning Failed: Error: ImagePullBackOff"),
        events);
  }

  @Test
  void imageThatMayNotBePulled() {
    String message = "Container image \"x\" is not present with pull policy of Never";
    assertEquals(
        List.of(
            "Warning ErrImageNeverPull: " + message, "Warning Failed: Error: ErrImageNeverPull"),
        events(unavailable("ErrImageNeverPull", message)));
  }

  @Test
  void imageWithAnImpossibleName() {
    String message = "couldn't parse image name \"X\": invalid reference format";
    assertEquals(
        List.of(
            "Warning InspectFailed: Failed to apply default image tag \"X\": " + message,
            "Warning Failed: Error: InvalidImageName"),
        events(
            unavailable(
                "InvalidImageName", "Failed to apply default image tag \"X\": " + message)));
  }

  @Test
  void anythingElse() {
    assertEquals(
        List.of("Warning Failed: too large"),
        events(StartFailure.of(new ModuleRefusedException("too large"))));
  }
}
