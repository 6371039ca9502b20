package io.hiberlet.e2e;

import org.junit.jupiter.api.Nested;

/** What goes on without an API server, on the development cluster. */
final class DevClusterOutageTest {
  @Nested
  final class TheServerIsAway extends ServerAway {
    TheServerIsAway() {
      super(TestCluster::development);
    }
  }
}
