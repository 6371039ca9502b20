package io.hiberlet.benchmarks.crowd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The agent of the distribution as a node of a cluster. Used by one thread. */
final class NodeProcess implements AutoCloseable {
  private static final int MOST_COLLECTIONS = 10;
  private static final long STEADY_BYTES = 4096;
  private static final long STOP_SECONDS = 60;

  private final Process process;

  /**
   * Admits a node and starts its agent.
   *
   * @param root of the repository
   * @param pods that the node offers room for
   */
  NodeProcess(Path root, Path folder, AuditedCluster cluster, String name, int pods)
      throws IOException {
    Files.createDirectories(folder);
    Path kubeconfig = folder.resolve("node.kubeconfig");
    Path config =
        Files.writeString(
            folder.resolve("agent.yaml"),
            """
            node: {capacity: {pods: %d}, evictionHard: {nodefs.available: 0%%}}
            hibernation: {idleAfter: 1s}
            """
                .formatted(pods));
    Program.run(
        Map.of("KUBECONFIG", cluster.adminKubeconfig().toString()),
        List.of(root.resolve("examples/node-identity.sh").toString(), name, kubeconfig.toString()));
    process =
        Program.start(
            folder.resolve("agent.log"),
            List.of(
                root.resolve("agent/target/hiberlet/bin/hiberlet").toString(),
                "agent",
                "--kubeconfig",
                kubeconfig.toString(),
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
  }

  /** Bytes of objects that are in use: collects until that no longer shrinks. */
  long liveHeapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < MOST_COLLECTIONS; i++) {
      long used = histogramTotal();
      if (used > least - STEADY_BYTES) {
        return Math.min(used, least);
      }
      least = used;
    }
    return least;
  }

  /** Collects first, as {@code jcmd} promises. */
  private long histogramTotal() {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    String pid = Long.toString(process.pid());
    return Program.run(Map.of(), List.of(jcmd.toString(), pid, "GC.class_histogram"))
        .lines()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[2]))
        .findFirst()
        .orElseThrow();
  }

  /** Resident memory, and of that what no file backs. */
  long residentBytes(boolean anonymousOnly) throws IOException {
    String field = anonymousOnly ? "RssAnon:" : "VmRSS:";
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /** Stops it as systemd would. */
  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
