package io.hiberlet.agent.settings;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumePaths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Puts the variables of a container into its {@code subPathExpr}s, as the kubelet does. */
public final class SubPaths {
  private SubPaths() {}

  /**
   * The mounts with subPaths that are as they are.
   *
   * @param env that the container began with
   * @throws UnresolvedException when a variable is missing or empty, or the path leaves the volume
   */
  public static List<MountSpec> expand(List<MountSpec> mounts, Map<String, String> env)
      throws UnresolvedException {
    List<MountSpec> plain = new ArrayList<>();
    for (MountSpec mount : mounts) {
      plain.add(mount.isExpression() ? mount.withSubPath(path(mount, env)) : mount);
    }
    return plain;
  }

  private static String path(MountSpec mount, Map<String, String> env) throws UnresolvedException {
    Set<String> missing = new TreeSet<>();
    String expanded =
        Expansion.expand(
            mount.subPath(),
            name -> {
              String value = env.get(name);
              if (value == null || value.isEmpty()) {
                missing.add(name);
              }
              return value;
            });
    if (!missing.isEmpty()) {
      throw new UnresolvedException(
          "subPathExpr of %s: missing value for %s"
              .formatted(mount.path(), String.join(", ", missing)),
          null);
    }
    String path = VolumePaths.withoutEmptyParts(expanded);
    if (expanded.startsWith("/") || !VolumePaths.isBelow(path)) { // not told: it may be a secret
      throw new UnresolvedException(
          "subPathExpr of %s: what it stands for is not below the volume".formatted(mount.path()),
          null);
    }
    return path;
  }
}
