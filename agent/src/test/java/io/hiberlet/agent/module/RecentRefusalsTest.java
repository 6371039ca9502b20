package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.runtime.ModuleRefusedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentRefusalsTest {
  private static final ModuleDigest MODULE = ModuleDigest.of(new byte[1]);

  private long now;
  private final RecentRefusals refusals = new RecentRefusals(() -> now);

  @Test
  void refusalIsRepeatedForAWhile() throws Exception {
    refusals.check(MODULE);
    refusals.add(MODULE, new ModuleRefusedException("no"));
    now += Duration.ofMinutes(29).toNanos();
    assertEquals(
        "no",
        assertThrows(ModuleRefusedException.class, () -> refusals.check(MODULE)).getMessage());
    now += Duration.ofMinutes(2).toNanos();
    refusals.check(MODULE);
  }

  @Test
  void oldestIsForgottenFirst() throws Exception {
    refusals.add(MODULE, new ModuleRefusedException("no"));
    for (int i = 2; i < 102; i++) {
      refusals.add(ModuleDigest.of(new byte[i]), new ModuleRefusedException("no"));
    }
    refusals.check(MODULE);
    assertThrows(
        ModuleRefusedException.class, () -> refusals.check(ModuleDigest.of(new byte[101])));
  }
}
