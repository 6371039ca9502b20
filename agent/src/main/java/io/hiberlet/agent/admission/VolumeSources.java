package io.hiberlet.agent.admission;

import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.ObjectName.Kind;
import io.kubernetes.client.openapi.models.V1ConfigMapProjection;
import io.kubernetes.client.openapi.models.V1ConfigMapVolumeSource;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1DownwardAPIVolumeFile;
import io.kubernetes.client.openapi.models.V1EmptyDirVolumeSource;
import io.kubernetes.client.openapi.models.V1KeyToPath;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1SecretProjection;
import io.kubernetes.client.openapi.models.V1SecretVolumeSource;
import io.kubernetes.client.openapi.models.V1ServiceAccountTokenProjection;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeProjection;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads where the files of a pod's volumes come from. */
final class VolumeSources {
  private static final int MOST_ITEMS = 1000;

  private static final long DEFAULT_TOKEN_SECONDS = 3600;
  private static final long LEAST_TOKEN_SECONDS = 600;

  private final V1Pod pod;
  private final String namespace;
  private final PodFields fields;
  private final ResourceFields resources;
  private final String serviceAccount;
  private final long emptyDirBytes;
  private final HostPaths hostPaths;

  VolumeSources(V1Pod pod, NodeFacts node) {
    this.pod = pod;
    this.namespace = Objects.requireNonNull(pod.getMetadata()).getNamespace();
    this.fields = new PodFields(pod, node);
    this.resources = new ResourceFields(pod, node);
    this.serviceAccount =
        Optional.ofNullable(Objects.requireNonNull(pod.getSpec()).getServiceAccountName())
            .orElse("default");
    this.emptyDirBytes = node.volumes().emptyDirBytes();
    this.hostPaths = new HostPaths(node.volumes().hostPaths());
  }

  VolumeSpec of(V1Volume volume) throws RefusedException {
    String name = volume.getName();
    V1ConfigMapVolumeSource configMap = volume.getConfigMap();
    V1SecretVolumeSource secret = volume.getSecret();
    if (configMap != null) {
      return new VolumeSpec.Files(
          name,
          List.of(
              keys(
                  name,
                  Kind.CONFIG_MAP,
                  configMap.getName(),
                  configMap.getItems(),
                  configMap.getOptional())));
    }
    if (secret != null) {
      return new VolumeSpec.Files(
          name,
          List.of(
              keys(
                  name,
                  Kind.SECRET,
                  secret.getSecretName(),
                  secret.getItems(),
                  secret.getOptional())));
    }
    if (volume.getDownwardAPI() != null) {
      return new VolumeSpec.Files(name, files(name, volume.getDownwardAPI().getItems()));
    }
    if (volume.getProjected() != null) {
      return new VolumeSpec.Files(name, projected(name, volume.getProjected().getSources()));
    }
    if (volume.getEmptyDir() != null) {
      return emptyDir(name, volume.getEmptyDir());
    }
    if (volume.getHostPath() != null) {
      return hostPaths.of(name, volume.getHostPath());
    }
    throw unsupported(
        name,
        "guests have files of configMap, secret, downwardAPI, projected, emptyDir and hostPath"
            + " volumes only");
  }

  private VolumeSpec emptyDir(String name, V1EmptyDirVolumeSource source) throws RefusedException {
    String medium = Optional.ofNullable(source.getMedium()).orElse("");
    if (!medium.isEmpty()) {
      throw unsupported(
          name,
          "an emptyDir of medium %s: what a controller keeps must outlast its sleep, and is on the"
                  .formatted(medium)
              + " disk");
    }
    BigDecimal limit =
        source.getSizeLimit() == null ? BigDecimal.ZERO : source.getSizeLimit().getNumber();
    return new VolumeSpec.EmptyDir(
        name,
        limit.signum() > 0
            ? limit.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue()
            : emptyDirBytes);
  }

  private VolumeSource token(String volume, V1ServiceAccountTokenProjection token)
      throws RefusedException {
    long seconds = Optional.ofNullable(token.getExpirationSeconds()).orElse(DEFAULT_TOKEN_SECONDS);
    if (seconds < LEAST_TOKEN_SECONDS) {
      throw unsupported(
          volume, "expirationSeconds must be at least %d".formatted(LEAST_TOKEN_SECONDS));
    }
    return new VolumeSource.Token(
        path(volume, token.getPath()),
        serviceAccount,
        Optional.ofNullable(token.getAudience()).orElse(""),
        seconds);
  }

  private List<VolumeSource> projected(String volume, @Nullable List<V1VolumeProjection> all)
      throws RefusedException {
    List<VolumeSource> sources = new ArrayList<>();
    for (V1VolumeProjection each : Optional.ofNullable(all).orElseGet(List::of)) {
      V1ConfigMapProjection configMap = each.getConfigMap();
      V1SecretProjection secret = each.getSecret();
      if (configMap != null) {
        sources.add(
            keys(
                volume,
                Kind.CONFIG_MAP,
                configMap.getName(),
                configMap.getItems(),
                configMap.getOptional()));
      } else if (secret != null) {
        sources.add(
            keys(volume, Kind.SECRET, secret.getName(), secret.getItems(), secret.getOptional()));
      } else if (each.getDownwardAPI() != null) {
        sources.addAll(files(volume, each.getDownwardAPI().getItems()));
      } else if (each.getServiceAccountToken() != null) {
        sources.add(token(volume, each.getServiceAccountToken()));
      } else {
        throw unsupported(
            volume,
            "projected are configMap, secret, downwardAPI and serviceAccountToken, but not"
                + " clusterTrustBundle and podCertificate");
      }
    }
    return sources;
  }

  private VolumeSource keys(
      String volume,
      Kind kind,
      @Nullable String object,
      @Nullable List<V1KeyToPath> items,
      @Nullable Boolean optional)
      throws RefusedException {
    Map<String, String> keys = new LinkedHashMap<>();
    for (V1KeyToPath item : limited(volume, items)) {
      keys.put(path(volume, item.getPath()), item.getKey());
    }
    ObjectName name = new ObjectName(kind, namespace, Optional.ofNullable(object).orElse(""));
    return new VolumeSource.Keys(name, keys, Boolean.TRUE.equals(optional));
  }

  private List<VolumeSource> files(String volume, @Nullable List<V1DownwardAPIVolumeFile> items)
      throws RefusedException {
    List<VolumeSource> sources = new ArrayList<>();
    for (V1DownwardAPIVolumeFile item : limited(volume, items)) {
      sources.add(new VolumeSource.Field(path(volume, item.getPath()), value(volume, item)));
    }
    return sources;
  }

  private String value(String volume, V1DownwardAPIVolumeFile item) throws RefusedException {
    if (item.getFieldRef() != null) {
      String path = item.getFieldRef().getFieldPath();
      return fields
          .ofVolume(path)
          .orElseThrow(() -> unsupported(volume, "fieldRef " + path + " is not supported"));
    }
    if (item.getResourceFieldRef() != null) {
      V1Container first = Objects.requireNonNull(pod.getSpec()).getContainers().getFirst();
      return resources
          .value(first, item.getResourceFieldRef())
          .orElseThrow(
              () ->
                  unsupported(
                      volume,
                      "resourceFieldRef %s is not supported"
                          .formatted(item.getResourceFieldRef().getResource())));
    }
    throw unsupported(volume, item.getPath() + " has no fieldRef and no resourceFieldRef");
  }

  private static <T> List<T> limited(String volume, @Nullable List<T> items)
      throws RefusedException {
    List<T> all = Optional.ofNullable(items).orElseGet(List::of);
    if (all.size() > MOST_ITEMS) {
      throw unsupported(volume, "it has more than %d items".formatted(MOST_ITEMS));
    }
    return all;
  }

  private static String path(String volume, String path) throws RefusedException {
    String clean = VolumePaths.withoutEmptyParts(path);
    if (path.startsWith("/") || !VolumePaths.isBelow(clean)) {
      throw unsupported(volume, "the path \"%s\" is not below it".formatted(path));
    }
    return clean;
  }

  private static RefusedException unsupported(String volume, String why) {
    return new RefusedException("Unsupported", "volume %s: %s".formatted(volume, why));
  }
}
