package io.hiberlet.agent.runtime;

/**
 * A compiled module that this agent must not load: damaged, of another module, or written by
 * another version. Compiling the module anew makes one that it can load.
 */
public final class ArtifactException extends Exception {
  private static final long serialVersionUID = 1L;

  ArtifactException(String message) {
    super(message);
  }

  ArtifactException(String message, Throwable cause) {
    super(message, cause);
  }
}
