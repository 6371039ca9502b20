package io.hiberlet.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What becomes of pods, on a real control plane. It runs beside {@link RealClusterTest}, in a JVM
 * and on a cluster of its own, as do the others whose names begin like that.
 */
@Tag("cluster")
final class RealClusterPodsTest {
  @Nested
  final class TheLivesOfPods extends PodLives {
    TheLivesOfPods() {
      super(TestCluster::real);
    }

    @Test
    @DisplayName("A Job of a command completes")
    void job() {
      kubectl().apply(pods().job("good", "done", 0));
      kubectl().get("wait", "--for=condition=complete", "job/good", "--timeout=90s");
      assertEquals("done\n", kubectl().get("logs", "job/good"));
    }

    @Test
    @DisplayName("A Job whose command fails has failed")
    void failingJob() {
      kubectl().apply(pods().job("bad", "not done", 3));
      kubectl().get("wait", "--for=condition=failed", "job/bad", "--timeout=90s");
      assertEquals("not done\n", kubectl().get("logs", "job/bad"));
    }

    @AfterAll
    void deleteJobs() {
      kubectl().run("delete", "job", "good", "bad");
    }
  }

  @Nested
  final class Streams extends GuestStreams {
    Streams() {
      super(TestCluster::real, 100, 200);
    }
  }

  @Nested
  final class TheProfileOperator extends ProfileOperator {
    TheProfileOperator() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class TheStaticPods extends StaticPodFiles {
    TheStaticPods() {
      super(TestCluster::real);
    }
  }

  @Nested
  final class ThePrivateImages extends PrivateImages {
    ThePrivateImages() {
      super(TestCluster::real);
    }
  }
}
