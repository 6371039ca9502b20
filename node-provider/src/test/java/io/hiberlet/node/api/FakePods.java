package io.hiberlet.node.api;

import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.ContainerUsage;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodLister;
import io.hiberlet.node.PodUsage;
import io.hiberlet.node.api.NodeContent.Pages;
import io.hiberlet.node.stats.NodeGauges;
import io.hiberlet.node.stats.NodeStats;
import io.hiberlet.node.stats.ProcessInfo;
import io.hiberlet.node.status.MachineInfo;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EphemeralContainer;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * One pod, {@code default/ring}, with the container {@code main}, and what was put in to debug it.
 */
final class FakePods implements PodLister {

  static final String UID = "11111111-2222-3333-4444-555555555555";

  private static final PodUsage USAGE =
      new PodUsage(
          new PodKey("default", "ring", UID),
          Instant.EPOCH,
          List.of(
              new ContainerUsage(
                  "main", "ring:1", Instant.EPOCH, Duration.ofSeconds(1), 10, 20, 30, 40)),
          50);

  private final V1Pod pod =
      new V1Pod()
          .apiVersion("v1")
          .kind("Pod")
          .metadata(new V1ObjectMeta().namespace("default").name("ring").uid(UID))
          .spec(
              new V1PodSpec()
                  .containers(List.of(new V1Container().name("main")))
                  .ephemeralContainers(List.of(new V1EphemeralContainer().name("debugger"))));

  /** It, and pages that say little. */
  static NodeContent content(ContainerAccess containers) {
    Path nowhere = Path.of("/nowhere");
    return new NodeContent(
        new FakePods(),
        containers,
        new NodeStats(
            "edge-1",
            withDisk -> List.of(USAGE),
            new NodeGauges(new MachineInfo(nowhere, nowhere), new ProcessInfo(nowhere), () -> 0),
            InstantSource.system()),
        new Pages(() -> "up 1\n", () -> "probes 1\n", () -> "{}"));
  }

  @Override
  public List<V1Pod> list() {
    return List.of(pod);
  }

  @Override
  public Optional<V1Pod> get(String namespace, String name) {
    return namespace.equals("default") && name.equals("ring") ? Optional.of(pod) : Optional.empty();
  }
}
