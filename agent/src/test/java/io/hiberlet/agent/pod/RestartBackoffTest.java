package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RestartBackoffTest {
  private final RestartBackoff backoff = new RestartBackoff();

  @Test
  void waitsAsTheKubeletDoes() {
    List<Long> seconds =
        Stream.generate(() -> backoff.afterRun(Duration.ofSeconds(1)))
            .limit(8)
            .map(Duration::toSeconds)
            .toList();
    assertEquals(List.of(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L), seconds);
  }

  @Test
  void tenGoodMinutesForgiveEverything() {
    backoff.afterRun(Duration.ZERO);
    backoff.afterRun(Duration.ZERO);
    assertEquals(Duration.ZERO, backoff.afterRun(Duration.ofMinutes(10)));
    assertEquals(Duration.ofSeconds(10), backoff.afterRun(Duration.ZERO));
  }

  @Test
  void aStartThatFailedIsNeverRepeatedAtOnce() {
    assertEquals(Duration.ofSeconds(10), backoff.afterFailedStart());
    assertEquals(Duration.ofSeconds(20), backoff.afterFailedStart());
  }
}
