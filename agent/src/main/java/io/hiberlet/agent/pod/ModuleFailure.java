package io.hiberlet.agent.pod;

import io.hiberlet.agent.module.ModuleUnavailableException;
import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.util.concurrent.CompletionException;

/** Why a container waits for its module, in the words of a pod status. */
record ModuleFailure(String reason, String message) {

  static ModuleFailure of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return switch (cause) {
      case ModuleUnavailableException e ->
          new ModuleFailure(e.reason(), String.valueOf(e.getMessage()));
      case ModuleRefusedException e ->
          new ModuleFailure("ModuleRefused", String.valueOf(e.getMessage()));
      default -> new ModuleFailure("ModuleError", cause.toString());
    };
  }
}
