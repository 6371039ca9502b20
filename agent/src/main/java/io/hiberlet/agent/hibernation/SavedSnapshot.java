package io.hiberlet.agent.hibernation;

/**
 * What came of writing a snapshot.
 *
 * @param pages what the next snapshot of the controller builds on
 * @param bytes of keys and values written, before compression
 */
public record SavedSnapshot(StoredPages pages, long bytes) {}
