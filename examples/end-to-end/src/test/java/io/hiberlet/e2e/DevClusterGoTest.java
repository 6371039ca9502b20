package io.hiberlet.e2e;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * Controllers with client-go, on the development cluster. Compiling one takes a while, so it runs
 * with what needs a real control plane.
 */
@Tag("long")
final class DevClusterGoTest {
  @Nested
  final class TheProfileOperator extends ProfileOperator {
    TheProfileOperator() {
      super(TestCluster::development);
    }
  }
}
