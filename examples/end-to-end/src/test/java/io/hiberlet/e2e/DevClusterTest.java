package io.hiberlet.e2e;

import org.junit.jupiter.api.Nested;

/** What a node does for its users, on the development cluster. */
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
  final class Configurations extends GuestConfiguration {
    Configurations() {
      super(TestCluster::development);
    }
  }
}
