package io.hiberlet.agent.runtime;

/**
 * A file or folder that a guest has open.
 *
 * @param number of the descriptor
 * @param path absolute, as the guest sees it
 * @param offset in bytes, of what is read next
 */
public record OpenDescriptor(int number, String path, long offset) {}
