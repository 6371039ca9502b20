package io.hiberlet.agent.module.compiler;

import java.time.Duration;

/**
 * What compiling modules may take. Within these bounds, each gets what {@linkplain #of its size}
 * asks for.
 *
 * @param memoryBytes of the process, apart from some tens of MiB that every Java process has
 * @param cpuTime of the whole of it
 * @param artifactBytes on disk, of what comes out
 */
public record CompilerLimits(long memoryBytes, Duration cpuTime, long artifactBytes) {
  private static final long MIB = 1L << 20;

  /** Large modules make less than one byte of compiled code for each of theirs. */
  private static final int ARTIFACT_BYTES_PER_MODULE_BYTE = 4;

  private static final long LEAST_ARTIFACT_BYTES = MIB;

  /** Measured: 45 are enough for code that was made to be large, and 40 for a client-go. */
  private static final long MEMORY_PER_MIB = 64 * MIB;

  private static final long LEAST_MEMORY = 256 * MIB;

  /** Measured: 2 s on a server of 2026, idle; the smallest devices are ten times as slow. */
  private static final Duration TIME_PER_MIB = Duration.ofSeconds(30);

  private static final Duration LEAST_TIME = Duration.ofMinutes(1);

  /** With as much room for what comes out as any module of this size can need. */
  public static CompilerLimits forModulesOf(long moduleBytes, long memoryBytes, Duration cpuTime) {
    return new CompilerLimits(memoryBytes, cpuTime, artifactBytes(moduleBytes));
  }

  /** Those for one module, which are not above these. */
  CompilerLimits of(long moduleBytes) {
    long mib = Math.ceilDiv(moduleBytes, MIB);
    long memory = LEAST_MEMORY + MEMORY_PER_MIB * mib;
    Duration time = LEAST_TIME.plus(TIME_PER_MIB.multipliedBy(mib));
    return new CompilerLimits(
        Math.min(memory, memoryBytes),
        time.compareTo(cpuTime) < 0 ? time : cpuTime,
        Math.min(artifactBytes(moduleBytes), artifactBytes));
  }

  private static long artifactBytes(long moduleBytes) {
    return LEAST_ARTIFACT_BYTES + moduleBytes * ARTIFACT_BYTES_PER_MODULE_BYTE;
  }
}
