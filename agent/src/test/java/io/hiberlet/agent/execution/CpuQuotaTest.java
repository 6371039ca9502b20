package io.hiberlet.agent.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CpuQuotaTest {
  private Instant now = Instant.EPOCH;
  private final CpuQuota tenth = new CpuQuota(0.1, () -> now);

  @Test
  void whatIsWithinAPeriodNeedNotWait() {
    for (int period = 0; period < 100; period++) {
      tenth.used(Duration.ofMillis(10));
      assertEquals(Duration.ZERO, tenth.delay());
      now = now.plusMillis(100);
    }
  }

  @Test
  void whatWasTooMuchIsWaitedForAtTheRateOfTheQuota() {
    tenth.used(Duration.ofMillis(30));
    assertEquals(200, tenth.delay().toMillis());
    now = now.plusMillis(150);
    assertEquals(50, tenth.delay().toMillis());
    now = now.plusMillis(51);
    assertEquals(Duration.ZERO, tenth.delay());
  }

  @Test
  void nothingIsSavedUpBeyondAPeriod() {
    now = now.plusSeconds(3600);
    tenth.used(Duration.ofMillis(20));
    assertEquals(100, tenth.delay().toMillis());
  }

  @Test
  void aClockThatIsSetBackMakesNobodyWaitLonger() {
    tenth.used(Duration.ofMillis(30));
    now = now.minusSeconds(3600);
    assertEquals(200, tenth.delay().toMillis());
  }

  @Test
  void nothingIsNoQuota() {
    assertThrows(IllegalArgumentException.class, () -> new CpuQuota(0, () -> now));
    assertThrows(IllegalArgumentException.class, () -> new CpuQuota(Double.NaN, () -> now));
  }
}
