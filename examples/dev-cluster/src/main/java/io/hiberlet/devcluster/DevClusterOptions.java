package io.hiberlet.devcluster;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a cluster is to be.
 *
 * @param directory where its kubeconfigs and keys are written
 * @param port of the API server on loopback, 0 for any
 * @param historyLimit how many changes a watch can go back before it is told 410 Gone
 * @param bookmarkInterval how often a watch with bookmarks says how far it is
 * @param version the Kubernetes version that it says it is
 */
public record DevClusterOptions(
    Path directory, int port, int historyLimit, Duration bookmarkInterval, String version) {

  /** A cluster as people want it by default. */
  public static DevClusterOptions in(Path directory) {
    return new DevClusterOptions(directory, 0, 10_000, Duration.ofSeconds(30), "v1.33.0");
  }

  public DevClusterOptions withPort(int newPort) {
    return new DevClusterOptions(directory, newPort, historyLimit, bookmarkInterval, version);
  }

  public DevClusterOptions withHistoryLimit(int newLimit) {
    return new DevClusterOptions(directory, port, newLimit, bookmarkInterval, version);
  }

  public DevClusterOptions withBookmarkInterval(Duration newInterval) {
    return new DevClusterOptions(directory, port, historyLimit, newInterval, version);
  }
}
