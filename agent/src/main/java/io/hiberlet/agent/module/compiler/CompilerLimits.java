package io.hiberlet.agent.module.compiler;

import java.time.Duration;

/**
 * What compiling one module may take.
 *
 * @param memoryBytes of the process, apart from some tens of MiB that every Java process has
 * @param timeout of the whole of it
 * @param artifactBytes on disk, of what comes out
 */
public record CompilerLimits(long memoryBytes, Duration timeout, long artifactBytes) {}
