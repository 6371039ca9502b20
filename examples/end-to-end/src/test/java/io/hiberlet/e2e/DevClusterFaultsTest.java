package io.hiberlet.e2e;

import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * What a node bears, on the development cluster. It takes minutes, so it runs with what needs a
 * real control plane.
 */
@Tag("long")
final class DevClusterFaultsTest {
  @Nested
  final class TheUnreliableServer extends UnreliableServer {
    TheUnreliableServer() {
      super(TestCluster::development);
    }

    /** Its objects stay, as those of a real one do in etcd. */
    @Override
    void restartServer() throws IOException {
      TestCluster.restartDevelopment();
    }
  }

  @Nested
  final class TheJumpingClock extends JumpingClock {
    TheJumpingClock() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class TheNodeIsShortOfRoom extends ShortOfRoom {
    TheNodeIsShortOfRoom() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class TheLongRing extends LongRing {
    TheLongRing() {
      super(TestCluster::development, 12);
    }
  }
}
