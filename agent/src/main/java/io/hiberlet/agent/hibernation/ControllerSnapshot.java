package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.runtime.GuestState;
import java.time.Instant;

/**
 * All that a controller is between two wakes.
 *
 * @param moduleDigest of the module that the guest's state belongs to, as {@code sha256:…}; state
 *     is of no use with any other module
 * @param takenAt by the wall clock; the guest's monotonic clock goes on from here
 */
public record ControllerSnapshot(
    String moduleDigest, GuestState guest, OperationsState operations, Instant takenAt) {}
