package io.hiberlet.agent.pod;

import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.util.concurrent.CompletionException;

/** Why a container could not be started and waits, in the words of a pod status. */
record StartFailure(String reason, String message) {

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
      default -> new StartFailure("ModuleError", cause.toString());
    };
  }
}
