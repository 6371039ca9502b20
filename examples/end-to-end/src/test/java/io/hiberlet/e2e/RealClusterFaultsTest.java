package io.hiberlet.e2e;

import io.hiberlet.devcluster.RealControlPlane;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** What a node bears, on a real control plane. */
@Tag("cluster")
final class RealClusterFaultsTest {
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

  @Nested
  final class TheJumpingClock extends JumpingClock {
    TheJumpingClock() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheNodeIsShortOfRoom extends ShortOfRoom {
    TheNodeIsShortOfRoom() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheLongRing extends LongRing {
    TheLongRing() {
      super(TestCluster::real, 40);
    }
  }
}
