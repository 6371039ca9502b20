package io.hiberlet.agent.module;

import io.hiberlet.agent.module.registry.Digest;

/**
 * An image of which the module is on this node.
 *
 * @param digest of the manifest or the index that the image's name led to
 * @param bytes of the layers that were read, as the registry has them
 */
public record PulledImage(Digest digest, ModuleDigest module, long bytes) {}
