package io.hiberlet.agent.module.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CompilerLimitsTest {
  private static final long MIB = 1 << 20;
  private static final CompilerLimits BOUNDS =
      CompilerLimits.forModulesOf(64 * MIB, 1024 * MIB, Duration.ofMinutes(15));

  @Test
  void aModuleGetsWhatItsSizeAsksFor() {
    assertEquals(
        new CompilerLimits((256 + 3 * 64) * MIB, Duration.ofSeconds(60 + 3 * 30), 9 * MIB + 4),
        BOUNDS.of(2 * MIB + 1));
    assertEquals(new CompilerLimits(256 * MIB, Duration.ofMinutes(1), MIB), BOUNDS.of(0));
  }

  @Test
  void noneGetsMoreThanTheBounds() {
    assertEquals(BOUNDS, BOUNDS.of(64 * MIB));
    assertEquals(BOUNDS, BOUNDS.of(1024 * MIB));
  }
}
