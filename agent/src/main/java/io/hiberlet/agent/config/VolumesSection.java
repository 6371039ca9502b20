package io.hiberlet.agent.config;

import io.hiberlet.agent.config.AgentConfig.HostPath;
import io.hiberlet.agent.config.AgentConfig.Volumes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what pods may have of this device's disk. */
final class VolumesSection {
  private static final long MIB = 1 << 20;

  private VolumesSection() {}

  static Volumes read(YamlSection section) throws ConfigException {
    List<HostPath> hostPaths = new ArrayList<>();
    for (YamlSection each : section.sections("hostPaths")) {
      hostPaths.add(hostPath(each));
    }
    Volumes volumes =
        new Volumes(section.bytes("emptyDirLimit", 64 * MIB, 4096, 1L << 50), hostPaths);
    section.refuseOthers();
    return volumes;
  }

  private static HostPath hostPath(YamlSection section) throws ConfigException {
    Path path =
        section
            .parsed("path", VolumesSection::plain)
            .orElseThrow(() -> section.missing("path", "must name a folder or file"));
    HostPath allowed = new HostPath(path, section.flag("readOnly", false));
    section.refuseOthers();
    return allowed;
  }

  private static Path plain(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new IllegalArgumentException(
          "'%s' is not an absolute path without '.' and '..'".formatted(text));
    }
    return path;
  }
}
