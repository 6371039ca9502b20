package io.hiberlet.agent.hostio;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One operation, for people.
 *
 * @param kind request, stream, watch, timer or exec
 * @param request method and target, or a command and its arguments; empty for a timer
 * @param state in a few words
 * @param resourceVersion of the last line of a watch that the guest has read
 * @param due when a timer is due
 * @param bytesWaiting what the guest has not read yet
 */
public record OperationInfo(
    long id,
    String kind,
    String request,
    String state,
    @Nullable String resourceVersion,
    @Nullable Instant due,
    long bytesWaiting) {}
