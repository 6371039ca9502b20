package io.hiberlet.devcluster;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The contract is what a real control plane does. */
@Tag("cluster")
class RealApiServerTest extends ClusterContract {
  @Override
  Path adminKubeconfig() {
    return RealControlPlane.shared().adminKubeconfig();
  }
}
