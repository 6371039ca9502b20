package io.hiberlet.agent.module.registry;

/**
 * Points to content of a registry.
 *
 * @param mediaType of the content, without parameters
 * @param size in bytes, as the registry says
 */
public record Descriptor(String mediaType, Digest digest, long size) {}
