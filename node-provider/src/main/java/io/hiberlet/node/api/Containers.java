package io.hiberlet.node.api;

import io.hiberlet.node.PodLister;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EphemeralContainer;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what a path names. */
final class Containers {

  private Containers() {}

  /**
   * Makes sure that there is such a container.
   *
   * @param uid null when any pod of that name will do
   * @return the pod's UID
   * @throws HttpException in the kubelet's words, when there is not
   */
  static String require(
      PodLister pods, String namespace, String name, @Nullable String uid, String container)
      throws HttpException {
    V1Pod pod =
        pods.get(namespace, name)
            .orElseThrow(() -> HttpException.notFound("pod \"%s\" does not exist".formatted(name)));
    V1ObjectMeta metadata = Objects.requireNonNull(pod.getMetadata());
    if (uid != null && !pods.isMeant(pod, uid)) {
      throw HttpException.notFound("pod not found");
    }
    if (containerNames(pod).noneMatch(container::equals)) {
      throw HttpException.notFound(
          "container \"%s\" not found in pod \"%s\"".formatted(container, name));
    }
    return Objects.requireNonNull(metadata.getUid());
  }

  private static Stream<String> containerNames(V1Pod pod) {
    V1PodSpec spec = Objects.requireNonNull(pod.getSpec());
    return Stream.of(
            names(spec.getContainers()),
            names(spec.getInitContainers()),
            Objects.requireNonNullElse(
                    spec.getEphemeralContainers(), List.<V1EphemeralContainer>of())
                .stream()
                .map(V1EphemeralContainer::getName))
        .flatMap(names -> names);
  }

  private static Stream<String> names(@Nullable List<V1Container> containers) {
    return containers == null ? Stream.empty() : containers.stream().map(V1Container::getName);
  }
}
