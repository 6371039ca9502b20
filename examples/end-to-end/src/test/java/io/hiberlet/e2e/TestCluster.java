package io.hiberlet.e2e;

import io.hiberlet.devcluster.DevCluster;
import io.hiberlet.devcluster.DevClusterOptions;
import io.hiberlet.devcluster.RealControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * An API server to test against.
 *
 * @param adminKubeconfig of a cluster administrator
 * @param bootstrapKubeconfig of a node that is to join
 * @param kubeletClientCa signs the certificate that the API server shows to kubelets
 * @param nodesJoin by that bootstrap kubeconfig, instead of being admitted by an administrator
 */
record TestCluster(
    Path adminKubeconfig, Path bootstrapKubeconfig, Path kubeletClientCa, boolean nodesJoin) {

  /** The real control plane of this JVM. */
  static TestCluster real() {
    return of(RealControlPlane.shared());
  }

  static TestCluster of(RealControlPlane controlPlane) {
    return new TestCluster(
        controlPlane.adminKubeconfig(),
        controlPlane.bootstrapKubeconfig(),
        controlPlane.kubeletClientCaCertificate(),
        false);
  }

  /** The same, to which nodes come by a bootstrap token. */
  TestCluster joined() {
    return new TestCluster(adminKubeconfig, bootstrapKubeconfig, kubeletClientCa, true);
  }

  /** The development cluster of this JVM; ends with it. */
  static TestCluster development() {
    requirePrograms();
    DevCluster cluster = Development.CLUSTER;
    return new TestCluster(
        cluster.adminKubeconfig(),
        cluster.bootstrapKubeconfig(),
        cluster.kubeletClientCaCertificate(),
        false);
  }

  /** Cuts all connections of the development cluster, is away for a moment, and comes back. */
  static void restartDevelopment() throws IOException {
    Development.CLUSTER.goOffline();
    Development.CLUSTER.goOnline();
  }

  /** Skips what needs programs that are not here, and says so. */
  private static void requirePrograms() {
    for (String program : List.of("kubectl", "openssl")) {
      boolean there =
          Arrays.stream(System.getenv("PATH").split(":"))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
      Assumptions.assumeTrue(
          there, program + " is missing (Debian: apt-get install kubernetes-client openssl)");
    }
  }

  Kubectl kubectl() {
    return new Kubectl(adminKubeconfig);
  }

  private static final class Development {
    static final DevCluster CLUSTER = start();

    private static DevCluster start() {
      try {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        return DevCluster.start(
            DevClusterOptions.in(Files.createTempDirectory(target, "dev-cluster-")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
