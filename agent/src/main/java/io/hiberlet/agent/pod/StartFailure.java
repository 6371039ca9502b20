package io.hiberlet.agent.pod;

import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.settings.UnresolvedException;
import io.hiberlet.agent.volume.VolumeException;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.snapshot.StoreException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Why a container could not be started and waits, in the words of a pod status.
 *
 * @param event the reason of the event that tells it
 * @param waitsFor a change of which object may help; null when it is tried again by the clock alone
 */
record StartFailure(String reason, String event, String message, @Nullable ObjectName waitsFor) {
  private static final String FAILED = "Failed";
  private static final String STORE_UNAVAILABLE = "StoreUnavailable";
  private static final String IMAGE_PULL_BACK_OFF = "ImagePullBackOff";

  StartFailure(String reason, String message) {
    this(reason, FAILED, message, null);
  }

  /** The store failed, which must know of a life before it begins. */
  static StartFailure storeUnavailable(StoreException e) {
    return new StartFailure(STORE_UNAVAILABLE, String.valueOf(e.getMessage()));
  }

  /** The store did not take what it must know of a life before that begins. */
  static StartFailure notWrittenDown() {
    return new StartFailure(STORE_UNAVAILABLE, "the start cannot be written down");
  }

  static StartFailure of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return switch (cause) {
      case ModuleUnavailableException e ->
          new StartFailure(e.reason(), String.valueOf(e.getMessage()));
      case ModuleRefusedException e ->
          new StartFailure("ModuleRefused", String.valueOf(e.getMessage()));
      case UnresolvedException e ->
          new StartFailure(
              ModuleUnavailableException.CREATE_CONTAINER_CONFIG_ERROR,
              FAILED,
              String.valueOf(e.getMessage()),
              e.waitsFor());
      case VolumeException e ->
          new StartFailure(
              "ContainerCreating", "FailedMount", String.valueOf(e.getMessage()), e.waitsFor());
      default -> new StartFailure("ModuleError", cause.toString());
    };
  }

  /** What the container shows. */
  Waiting waiting() {
    return new Waiting(reason, message);
  }

  /** Whether an image could not be pulled. */
  boolean isPull() {
    return reason.equals(ModuleUnavailableException.ERR_IMAGE_PULL);
  }

  /** Tells that the next pull has to wait; what the container shows until then. */
  StartFailure backOff(String image, PodReporter reporter) {
    String what = "Back-off pulling image \"%s\"".formatted(image);
    reporter.event(EventType.NORMAL, "BackOff", what);
    reporter.event(EventType.WARNING, FAILED, "Error: " + IMAGE_PULL_BACK_OFF);
    return new StartFailure(IMAGE_PULL_BACK_OFF, "%s: %s: %s".formatted(what, reason, message));
  }

  /** Tells it in the kubelet's words: what happened, then the reason that the container shows. */
  void tell(PodReporter reporter) {
    switch (reason) {
      case ModuleUnavailableException.ERR_IMAGE_PULL ->
          reporter.event(EventType.WARNING, FAILED, capitalized());
      case ModuleUnavailableException.ERR_IMAGE_NEVER_PULL ->
          reporter.event(EventType.WARNING, reason, message);
      case ModuleUnavailableException.INVALID_IMAGE_NAME ->
          reporter.event(EventType.WARNING, "InspectFailed", message);
      default -> {
        reporter.event(EventType.WARNING, event, message);
        return;
      }
    }
    reporter.event(EventType.WARNING, FAILED, "Error: " + reason);
  }

  private String capitalized() {
    return message.substring(0, 1).toUpperCase(Locale.ROOT) + message.substring(1);
  }
}
