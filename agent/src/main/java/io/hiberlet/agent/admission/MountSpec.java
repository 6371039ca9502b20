package io.hiberlet.agent.admission;

/**
 * A volume, or a part of one, in a container.
 *
 * @param path in the container: absolute, without {@code .}, {@code ..} and empty parts
 * @param subPath what of the volume is there: relative, likewise; empty for all of it
 * @param isExpression whether variables are yet to be put into the subPath
 */
public record MountSpec(
    String path, String subPath, boolean isExpression, VolumeSpec volume, boolean readOnly) {

  /** The same with a subPath that is as it is. */
  public MountSpec withSubPath(String plain) {
    return new MountSpec(path, plain, false, volume, readOnly);
  }
}
