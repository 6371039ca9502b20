package io.hiberlet.agent.pod;

import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import io.hiberlet.agent.settings.UnresolvedException;
import io.hiberlet.agent.volume.VolumeException;
import io.hiberlet.node.object.ObjectName;
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

  StartFailure(String reason, String message) {
    this(reason, FAILED, message, null);
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
}
