package io.hiberlet.agent.hibernation;

/**
 * A snapshot as it was read.
 *
 * @param pages what the next snapshot of the controller builds on
 */
public record StoredController(ControllerSnapshot snapshot, StoredPages pages) {}
