package io.hiberlet.e2e;

import io.hiberlet.devcluster.RealControlPlane;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Everything on a real control plane. */
@Tag("cluster")
final class RealClusterTest {

  @Nested
  final class TheMainJob extends MainJob {
    TheMainJob() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class WrongInputs extends WrongInput {
    WrongInputs() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheReaper extends FinishedPods {
    TheReaper() {
      super(() -> TestCluster.real().joined());
    }
  }

  @Nested
  final class TheServerIsAway extends ServerAway {
    TheServerIsAway() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class Configurations extends GuestConfiguration {
    Configurations() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class ThePrivateImages extends PrivateImages {
    ThePrivateImages() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheUnreliableServer extends UnreliableServer {
    TheUnreliableServer() {
      super(TestCluster::real);
    }

    @Override
    void restartServer() {
      RealControlPlane.shared().restartApiServer();
    }
  }
}
