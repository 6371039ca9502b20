package io.hiberlet.node.api;

import io.hiberlet.node.PodLister;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.util.List;
import java.util.Optional;

/** One pod, {@code default/ring}, with the container {@code main}. */
final class FakePods implements PodLister {

  static final String UID = "11111111-2222-3333-4444-555555555555";

  private final V1Pod pod =
      new V1Pod()
          .apiVersion("v1")
          .kind("Pod")
          .metadata(new V1ObjectMeta().namespace("default").name("ring").uid(UID))
          .spec(new V1PodSpec().containers(List.of(new V1Container().name("main"))));

  @Override
  public List<V1Pod> list() {
    return List.of(pod);
  }

  @Override
  public Optional<V1Pod> get(String namespace, String name) {
    return namespace.equals("default") && name.equals("ring") ? Optional.of(pod) : Optional.empty();
  }
}
