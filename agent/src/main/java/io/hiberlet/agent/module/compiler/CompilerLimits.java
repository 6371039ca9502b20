package io.hiberlet.agent.module.compiler;

import java.time.Duration;

/**
 * What compiling one module may take.
 *
 * @param memoryBytes of the process, apart from some tens of MiB that every Java process has
 * @param timeout of the whole of it
 * @param artifactBytes on disk, of what comes out
 */
public record CompilerLimits(long memoryBytes, Duration timeout, long artifactBytes) {
  /** Large modules make less than one byte of compiled code for each of theirs. */
  private static final int ARTIFACT_BYTES_PER_MODULE_BYTE = 4;

  private static final long LEAST_ARTIFACT_BYTES = 1L << 20;

  /** With as much room for what comes out as any module of this size can need. */
  public static CompilerLimits forModulesOf(long moduleBytes, long memoryBytes, Duration timeout) {
    return new CompilerLimits(
        memoryBytes, timeout, LEAST_ARTIFACT_BYTES + moduleBytes * ARTIFACT_BYTES_PER_MODULE_BYTE);
  }
}
