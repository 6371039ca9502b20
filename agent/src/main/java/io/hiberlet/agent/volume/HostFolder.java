package io.hiberlet.agent.volume;

import io.hiberlet.agent.admission.VolumeSpec.HostPath;
import io.hiberlet.agent.admission.VolumeSpec.HostPathType;
import io.hiberlet.agent.runtime.file.FileStatus;
import io.hiberlet.agent.runtime.file.OpenMode;
import io.hiberlet.agent.runtime.file.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code hostPath}, reached from the folder around what the configuration allows, name by name: a
 * symbolic link on the way, whoever made it, leads nowhere.
 */
final class HostFolder {
  private static final OpenMode NEW_FILE = new OpenMode(false, true, true, false, false);

  private HostFolder() {}

  static Volume volume(HostPath spec) {
    return Volume.shared(base(spec), names(spec));
  }

  private static Path base(HostPath spec) {
    Path parent = spec.allowed().getParent();
    return parent == null ? spec.allowed() : parent;
  }

  private static List<String> names(HostPath spec) {
    List<String> names = new ArrayList<>();
    base(spec).relativize(spec.path()).forEach(name -> names.add(name.toString()));
    names.removeIf(String::isEmpty); // what the path from a folder to itself has
    return names;
  }

  /** Sees to it that what the pod asks for is there; the kubelet's words. */
  static void prepare(HostPath spec) throws IOException, VolumeException {
    boolean wantsFile =
        spec.type() == HostPathType.FILE || spec.type() == HostPathType.FILE_OR_CREATE;
    Optional<FileStatus> found = volume(spec).status(List.of());
    if (found.isEmpty() && !spec.readOnly()) {
      create(spec);
      found = volume(spec).status(List.of());
    }
    boolean fits =
        spec.type() == HostPathType.ANY
            ? found.isPresent()
            : found.map(status -> status.folder() != wantsFile).orElse(false);
    if (!fits) {
      throw new VolumeException(
          "hostPath type check failed: %s is not a %s (symbolic links are not followed)"
              .formatted(spec.path(), wantsFile ? "file" : "directory"),
          null);
    }
  }

  private static void create(HostPath spec) throws IOException {
    Volume around = Volume.shared(base(spec), List.of());
    List<String> names = names(spec);
    switch (spec.type()) {
      case DIRECTORY_OR_CREATE -> SubFolders.make(around, names);
      case FILE_OR_CREATE -> around.open(names, NEW_FILE).close();
      case ANY, DIRECTORY, FILE -> {}
    }
  }
}
