package io.hiberlet.node.api;

import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.PodLister;
import io.hiberlet.node.pod.EphemeralContainers;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EphemeralContainer;
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
   * @param path {@code what/namespace/pod[/uid]/container}
   * @return the container, with its pod's UID
   * @throws HttpException in the kubelet's words, when there is not
   */
  static ContainerRef find(PodLister pods, List<String> path) throws HttpException {
    @Nullable String uid = path.size() == 5 ? path.get(3) : null;
    String name = path.get(2);
    String container = path.getLast();
    V1Pod pod = pod(pods, path.get(1), name, uid);
    if (ephemeralNames(pod).anyMatch(container::equals)) {
      throw HttpException.badRequest(EphemeralContainers.REFUSAL);
    }
    if (containerNames(pod).noneMatch(container::equals)) {
      throw HttpException.notFound(
          "container \"%s\" not found in pod \"%s\"".formatted(container, name));
    }
    String found = Objects.requireNonNull(pod.getMetadata()).getUid();
    return new ContainerRef(path.get(1), name, Objects.requireNonNull(found), container);
  }

  /**
   * Finds a pod.
   *
   * @param uid null when any pod of that name will do
   * @throws HttpException in the kubelet's words, when there is none
   */
  static V1Pod pod(PodLister pods, String namespace, String name, @Nullable String uid)
      throws HttpException {
    V1Pod pod =
        pods.get(namespace, name)
            .orElseThrow(() -> HttpException.notFound("pod \"%s\" does not exist".formatted(name)));
    if (uid != null && !pods.isMeant(pod, uid)) {
      throw HttpException.notFound("pod not found");
    }
    return pod;
  }

  private static Stream<String> containerNames(V1Pod pod) {
    V1PodSpec spec = Objects.requireNonNull(pod.getSpec());
    return Stream.concat(names(spec.getContainers()), names(spec.getInitContainers()));
  }

  private static Stream<String> ephemeralNames(V1Pod pod) {
    V1PodSpec spec = Objects.requireNonNull(pod.getSpec());
    return Objects.requireNonNullElse(
            spec.getEphemeralContainers(), List.<V1EphemeralContainer>of())
        .stream()
        .map(V1EphemeralContainer::getName);
  }

  private static Stream<String> names(@Nullable List<V1Container> containers) {
    return containers == null ? Stream.empty() : containers.stream().map(V1Container::getName);
  }
}
