package io.hiberlet.e2e;

import org.junit.jupiter.api.Nested;

/**
 * What becomes of pods, on the development cluster. It runs beside {@link DevClusterTest}, in a JVM
 * and on a cluster of its own, as do the others whose names begin like that.
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
}
