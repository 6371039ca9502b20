package io.hiberlet.agent.module;

import java.time.Duration;

/**
 * What a pull may take.
 *
 * @param imageBytes of the layers of an ordinary container image, together: as they come, and again
 *     unpacked
 * @param timeout of all of it
 */
public record ImageLimits(long imageBytes, Duration timeout) {}
