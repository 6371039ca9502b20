package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.pod.PodPriority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class PodShutdownTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private final List<Integer> story = new ArrayList<>();

  /** A pod that never ends by itself does not complete. */
  private record Pod(int priority, boolean busy, List<Integer> story)
      implements PodShutdown.Member {
    @Override
    public CompletionStage<Void> suspend() {
      story.add(priority);
      return busy ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
    }
  }

  @Test
  void thoseOfLowerPriorityComeFirst() throws Exception {
    shutDown(LONG, pod(PodPriority.CRITICAL + 1000), pod(0), pod(-5), pod(100), pod(0));
    assertEquals(List.of(-5, 0, 0, 100, PodPriority.CRITICAL + 1000), story);
  }

  @Test
  void whoIsBusyForTooLongHoldsUpNobody() throws Exception {
    shutDown(Duration.ofMillis(20), busy(0), pod(1), pod(PodPriority.CRITICAL));
    assertEquals(List.of(0, 1, PodPriority.CRITICAL), story);
  }

  @Test
  void aPodThatCannotBeWrittenDownHoldsUpNobody() throws Exception {
    PodShutdown.Member broken =
        new PodShutdown.Member() {
          @Override
          public int priority() {
            return 0;
          }

          @Override
          public CompletionStage<Void> suspend() {
            return CompletableFuture.failedFuture(new IllegalStateException("disk on fire"));
          }
        };
    shutDown(LONG, broken, pod(1));
    assertEquals(List.of(1), story);
  }

  private void shutDown(Duration regular, PodShutdown.Member... pods) throws InterruptedException {
    new PodShutdown(() -> List.of(pods), regular, LONG).run();
  }

  private Pod pod(int priority) {
    return new Pod(priority, false, story);
  }

  private Pod busy(int priority) {
    return new Pod(priority, true, story);
  }
}
