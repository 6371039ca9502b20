package io.hiberlet.e2e;

import java.io.IOException;
import org.junit.jupiter.api.Nested;

/**
 * What becomes of pods, on the development cluster. It runs beside {@link DevClusterTest}, in a JVM
 * and on a cluster of its own.
 */
final class DevClusterPodsTest {
  @Nested
  final class TheLivesOfPods extends PodLives {
    TheLivesOfPods() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class Streams extends GuestStreams {
    Streams() {
      super(TestCluster::development, 8, 10);
    }
  }

  @Nested
  final class TheLongRing extends LongRing {
    TheLongRing() {
      super(TestCluster::development, 12);
    }
  }

  @Nested
  final class TheStaticPods extends StaticPodFiles {
    TheStaticPods() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class ThePrivateImages extends PrivateImages {
    ThePrivateImages() {
      super(TestCluster::development);
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
}
