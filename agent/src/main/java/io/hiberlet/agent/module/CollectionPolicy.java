package io.hiberlet.agent.module;

import java.time.Duration;
import java.util.Optional;

/**
 * When modules that nobody uses are removed; the kubelet's rules for images.
 *
 * @param highPercent of the disk in use, from which on modules are removed; 100 for never
 * @param lowPercent of the disk in use, down to which they are
 * @param minimumAge for how long one must have been unused, whatever the disk says
 * @param maximumAge after how long one is removed, whatever the disk says; empty for never
 */
public record CollectionPolicy(
    int highPercent, int lowPercent, Duration minimumAge, Optional<Duration> maximumAge) {}
