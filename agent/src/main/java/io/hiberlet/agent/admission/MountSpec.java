package io.hiberlet.agent.admission;

/**
 * A volume, or a part of one, in a container.
 *
 * @param path in the container: absolute, without {@code .}, {@code ..} and empty parts
 * @param subPath what of the volume is there: relative, likewise; empty for all of it
 */
public record MountSpec(String path, String subPath, VolumeSpec volume) {}
