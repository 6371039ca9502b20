package io.hiberlet.agent.admission;

import io.hiberlet.agent.admission.VolumeSpec.HostPathType;
import io.kubernetes.client.openapi.models.V1HostPathVolumeSource;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Decides which files of this device pods may have mounted. */
final class HostPaths {
  static final String NOT_ALLOWED = "HostPathNotAllowed";

  private final List<VolumeRules.HostPath> allowed;

  HostPaths(List<VolumeRules.HostPath> allowed) {
    this.allowed = allowed;
  }

  VolumeSpec.HostPath of(String volume, V1HostPathVolumeSource source) throws RefusedException {
    String given = Optional.ofNullable(source.getPath()).orElse("");
    String clean = VolumePaths.withoutEmptyParts(given);
    if (!given.startsWith("/") || !(clean.isEmpty() || VolumePaths.isBelow(clean))) {
      throw new RefusedException(
          NOT_ALLOWED, "volume %s: the hostPath \"%s\" is no plain path".formatted(volume, given));
    }
    Path path = Path.of("/" + clean);
    VolumeRules.HostPath rule =
        allowed.stream()
            .filter(each -> path.startsWith(each.path()))
            .max(Comparator.comparingInt(each -> each.path().getNameCount()))
            .orElseThrow(
                () ->
                    new RefusedException(
                        NOT_ALLOWED,
                        "volume %s: this node's volumes.hostPaths do not allow the hostPath %s"
                            .formatted(volume, path)));
    return new VolumeSpec.HostPath(
        volume, rule.path(), path, type(volume, source), rule.readOnly());
  }

  private static HostPathType type(String volume, V1HostPathVolumeSource source)
      throws RefusedException {
    String type = Optional.ofNullable(source.getType()).orElse("");
    return switch (type) {
      case "" -> HostPathType.ANY;
      case "Directory" -> HostPathType.DIRECTORY;
      case "DirectoryOrCreate" -> HostPathType.DIRECTORY_OR_CREATE;
      case "File" -> HostPathType.FILE;
      case "FileOrCreate" -> HostPathType.FILE_OR_CREATE;
      default ->
          throw new RefusedException(
              "Unsupported",
              "volume %s: a hostPath of type %s is nothing that a guest could use"
                  .formatted(volume, type));
    };
  }
}
