package io.hiberlet.devcluster;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The development cluster keeps the contract. */
class DevClusterApiServerTest extends ClusterContract {
  @TempDir static Path directory;
  static DevCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = DevCluster.start(DevClusterOptions.in(directory));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Override
  Path adminKubeconfig() {
    return cluster.adminKubeconfig();
  }
}
