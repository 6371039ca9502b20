package io.hiberlet.e2e;

import org.junit.jupiter.api.Nested;

/** What the examples do, on the development cluster, on a node that joined it by itself. */
final class DevClusterExamplesTest {
  @Nested
  final class TheExamples extends EdgeExamples {
    TheExamples() {
      super(() -> TestCluster.development().joined());
    }
  }
}
