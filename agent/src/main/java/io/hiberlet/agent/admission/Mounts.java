package io.hiberlet.agent.admission;

import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Reads what the containers of a pod have mounted. */
final class Mounts {
  private static final String TOKEN_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

  /** Since 1.21; before, it was a Secret. */
  private static final String TOKEN_VOLUME = "kube-api-access-";

  private static final int MOST_MOUNTS = 64;

  /** Each is watched while the controller is in memory. */
  private static final int MOST_OBJECTS = 64;

  private final Map<String, V1Volume> volumes = new HashMap<>();
  private final VolumeSources sources;

  Mounts(V1Pod pod, NodeFacts node) {
    List<V1Volume> all =
        Optional.ofNullable(Objects.requireNonNull(pod.getSpec()).getVolumes()).orElseGet(List::of);
    all.forEach(volume -> volumes.put(volume.getName(), volume));
    this.sources = new VolumeSources(pod, node);
  }

  List<MountSpec> of(V1Container container) throws RefusedException {
    List<V1VolumeMount> mounts =
        Optional.ofNullable(container.getVolumeMounts()).orElseGet(List::of);
    if (mounts.size() > MOST_MOUNTS) {
      throw refused(container, "it has more than %d volume mounts".formatted(MOST_MOUNTS));
    }
    List<MountSpec> specs = new ArrayList<>();
    for (V1VolumeMount mount : mounts) {
      if (!isTokenOfEveryPod(mount)) {
        specs.add(mount(container, mount));
      }
    }
    long objects =
        specs.stream()
            .flatMap(spec -> spec.volume().sources().stream())
            .filter(VolumeSource.Keys.class::isInstance)
            .distinct()
            .count();
    if (objects > MOST_OBJECTS) {
      throw refused(container, "it mounts more than %d objects".formatted(MOST_OBJECTS));
    }
    return specs;
  }

  /** The API server adds it unasked; here the host itself holds that identity. */
  private boolean isTokenOfEveryPod(V1VolumeMount mount) {
    V1Volume volume = volumes.get(mount.getName());
    return mount.getMountPath().equals(TOKEN_MOUNT)
        && volume != null
        && (volume.getSecret() != null || volume.getName().startsWith(TOKEN_VOLUME));
  }

  private MountSpec mount(V1Container container, V1VolumeMount mount) throws RefusedException {
    String path = VolumePaths.withoutEmptyParts(mount.getMountPath());
    if (!VolumePaths.isBelow(path) || path.indexOf(':') >= 0) {
      throw unsupported(container, "the mount path \"%s\"".formatted(mount.getMountPath()));
    }
    String expression = Optional.ofNullable(mount.getSubPathExpr()).orElse("");
    String subPath =
        VolumePaths.withoutEmptyParts(Optional.ofNullable(mount.getSubPath()).orElse(""));
    if (!subPath.isEmpty() && !VolumePaths.isBelow(subPath)) {
      throw unsupported(container, "the subPath \"%s\"".formatted(mount.getSubPath()));
    }
    V1Volume volume = volumes.get(mount.getName());
    if (volume == null) {
      throw refused(container, "mounts a volume that there is not: " + mount.getName());
    }
    VolumeSpec spec = sources.of(volume);
    return new MountSpec(
        "/" + path,
        expression.isEmpty() ? subPath : expression,
        !expression.isEmpty(),
        spec,
        isReadOnly(container, mount, spec));
  }

  private static boolean isReadOnly(V1Container container, V1VolumeMount mount, VolumeSpec volume)
      throws RefusedException {
    boolean asked = Boolean.TRUE.equals(mount.getReadOnly());
    return switch (volume) {
      case VolumeSpec.Files files -> true;
      case VolumeSpec.EmptyDir folder -> asked;
      case VolumeSpec.HostPath host -> {
        if (host.readOnly() && !asked) {
          throw new RefusedException(
              HostPaths.NOT_ALLOWED,
              "container %s: this node allows %s to be mounted with readOnly: true only"
                  .formatted(container.getName(), host.path()));
        }
        yield asked;
      }
    };
  }

  private static RefusedException unsupported(V1Container container, String what) {
    return refused(container, what + " is not supported");
  }

  private static RefusedException refused(V1Container container, String why) {
    return new RefusedException(
        "Unsupported", "container %s: %s".formatted(container.getName(), why));
  }
}
