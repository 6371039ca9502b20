package io.hiberlet.agent.admission;

import java.nio.file.Path;
import java.util.List;

/** A volume of a pod. Each has a name in the pod. */
public sealed interface VolumeSpec {

  String name();

  /**
   * Files that only the agent writes.
   *
   * @param sources of its files; what comes later replaces what came before
   */
  record Files(String name, List<VolumeSource> sources) implements VolumeSpec {
    public Files {
      sources = List.copyOf(sources);
    }
  }

  /**
   * A folder that is empty at first and goes with the pod.
   *
   * @param limitBytes the most that it may hold
   */
  record EmptyDir(String name, long limitBytes) implements VolumeSpec {}

  /**
   * A folder or a file of this device.
   *
   * @param allowed the folder or file that the node's configuration allows, a path without links
   * @param path the same, or below it
   */
  record HostPath(String name, Path allowed, Path path, HostPathType type, boolean readOnly)
      implements VolumeSpec {}

  /** What must be at a {@link HostPath}, or is made there. */
  enum HostPathType {
    ANY,
    DIRECTORY,
    DIRECTORY_OR_CREATE,
    FILE,
    FILE_OR_CREATE
  }

  /** Where its files come from; nothing for one that the agent does not fill. */
  default List<VolumeSource> sources() {
    return this instanceof Files files ? files.sources() : List.of();
  }
}
