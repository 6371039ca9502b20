package io.hiberlet.agent.runtime.file;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Times that a file is to have.
 *
 * @param accessed null for as it is
 * @param modified null for as it is
 */
public record FileTimes(@Nullable Instant accessed, @Nullable Instant modified) {}
