package io.hiberlet.agent.module.registry;

/**
 * What a registry gave an image for.
 *
 * @param repository where, as {@link Keyring#lookup} takes it
 */
public record Opening(String repository, Credentials credentials) {}
