package io.hiberlet.agent.admission;

import java.nio.file.Path;
import java.util.List;

/**
 * What this node lets the volumes of pods have.
 *
 * @param emptyDirBytes that an {@code emptyDir} without a {@code sizeLimit} may hold
 * @param hostPaths what volumes may be of that are files of this device
 */
public record VolumeRules(long emptyDirBytes, List<HostPath> hostPaths) {
  /** Those of a node whose configuration says nothing. */
  public static final VolumeRules DEFAULT = new VolumeRules(64 << 20, List.of());

  public VolumeRules {
    hostPaths = List.copyOf(hostPaths);
  }

  /**
   * A folder with all below it, or a file.
   *
   * @param path absolute, without {@code .}, {@code ..} and symbolic links
   * @param readOnly whether pods may change nothing there
   */
  public record HostPath(Path path, boolean readOnly) {}
}
