package io.hiberlet.e2e;

import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** Everything on the development cluster. */
final class DevClusterTest {

  @Nested
  final class TheMainJob extends MainJob {
    TheMainJob() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class WrongInputs extends WrongInput {
    WrongInputs() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class TheReaper extends FinishedPods {
    TheReaper() {
      super(() -> TestCluster.development().joined());
    }
  }

  @Nested
  final class TheServerIsAway extends ServerAway {
    TheServerIsAway() {
      super(TestCluster::development);
    }
  }

  @Nested
  final class Configurations extends GuestConfiguration {
    Configurations() {
      super(TestCluster::development);
    }
  }

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
