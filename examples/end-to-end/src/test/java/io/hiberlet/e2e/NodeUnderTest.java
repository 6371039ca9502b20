package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node identity with a data folder, and the agents that run as it one after the other. */
final class NodeUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final TestCluster cluster;
  private final String name;
  private final Path folder;
  private final Path config;
  private @Nullable AgentProcess agent;

  private NodeUnderTest(TestCluster cluster, String name, Path folder) throws IOException {
    this.cluster = cluster;
    this.name = name;
    this.folder = folder;
    this.config = folder.resolve("agent.yaml");
    Files.createDirectories(folder.resolve("modules"));
    Files.writeString(
        config,
        """
        api:
          clientCaFile: %s
        node:
          evictionHard: {memory.available: 0%%, nodefs.available: 0%%, pid.available: 0%%}
        hibernation:
          idleAfter: 1s
        modules:
          fileRoot: %s
          imageGCHighThresholdPercent: 100
        """
            .formatted(cluster.kubeletClientCa(), folder.resolve("modules")));
    if (!cluster.nodesJoin()) {
      identity();
    }
  }

  /** Admits a node and starts its first agent. */
  static NodeUnderTest start(TestCluster cluster, String name) {
    NodeUnderTest node = admitted(cluster, name);
    node.startAgain();
    return node;
  }

  /** Admits a node of which no agent runs yet. */
  static NodeUnderTest admitted(TestCluster cluster, String name) {
    try {
      Path folder = Files.createDirectories(Path.of("target").toAbsolutePath());
      return new NodeUnderTest(cluster, name, Files.createTempDirectory(folder, name + "-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As an administrator admits a node: a client certificate by CSR. */
  private void identity() {
    Command.run(
            Map.of("KUBECONFIG", cluster.adminKubeconfig().toString()),
            "",
            List.of(
                Repository.file("examples/node-identity.sh").toString(),
                name,
                kubeconfig().toString()))
        .orThrow();
  }

  List<String> options(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                cluster.nodesJoin() ? "--bootstrap-kubeconfig" : "--kubeconfig",
                (cluster.nodesJoin() ? cluster.bootstrapKubeconfig() : kubeconfig()).toString(),
                "--node-name",
                name,
                "--node-ip",
                "127.0.0.1",
                "--port",
                "0",
                "--data-dir",
                folder.resolve("data").toString(),
                "--config",
                config.toString()));
    options.addAll(List.of(more));
    return options;
  }

  /** Made by whoever admits the node, or by the agent when it joined. */
  Path kubeconfig() {
    return folder.resolve(cluster.nodesJoin() ? "data/kubeconfig" : "node.kubeconfig");
  }

  Path modules() {
    return folder.resolve("modules");
  }

  Path folder() {
    return folder;
  }

  String name() {
    return name;
  }

  AgentProcess agent() {
    return Objects.requireNonNull(agent);
  }

  /** kubectl wait does not wait for a Node to come into being. */
  void awaitReady(Kubectl kubectl) {
    await("the Node " + name)
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "node", name).exitCode() == 0);
    kubectl.get("wait", "--for=condition=Ready", "node/" + name, "--timeout=90s");
  }

  /** The next agent of the same node. */
  void startAgain() {
    startAgain(Map.of());
  }

  /** The same, with variables of its environment. */
  void startAgain(Map<String, String> environment) {
    agent = AgentProcess.start(folder.resolve("agent.log"), options(), environment);
  }

  /**
   * The next agent, to whom its data folder is an empty disk of so many bytes in memory, of which a
   * tenth must be left.
   */
  void startOnDisk(long bytes) throws IOException {
    Files.writeString(
        config, Files.readString(config).replace("nodefs.available: 0%", "nodefs.available: 10%"));
    Path data = Files.createDirectories(folder.resolve("data"));
    String mount = "mount -t tmpfs -o size=%d none '%s' && exec \"$@\"".formatted(bytes, data);
    List<String> by = List.of("unshare", "--mount", "sh", "-c", mount, "agent");
    agent = AgentProcess.start(folder.resolve("agent.log"), by, options(), Map.of());
  }

  /** Its data folder as its agent sees it. */
  Path disk() {
    return agent().process().resolve("root" + folder.resolve("data"));
  }

  @Override
  public void close() {
    if (agent != null) {
      agent.close();
    }
    ServingCertificates.forget(cluster.kubectl(), name);
    cluster.kubectl().run("delete", "node", name); // or the next test's pods may be bound to it
  }
}
