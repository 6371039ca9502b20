package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ExpectedSizesTest {
  private final ExpectedSizes sizes = new ExpectedSizes();

  @Test
  void nothingIsKnownOfAModuleBeforeItsFirstGuestCameToRest() {
    sizes.learn("other", 1);
    assertEquals(OptionalLong.empty(), sizes.of("module"));
    sizes.learn("module", 7);
    assertEquals(OptionalLong.of(7), sizes.of("module"));
  }

  @Test
  void aLargerGuestCountsAtOnceAndIsForgottenBySmallerOnes() {
    sizes.learn("module", 1000);
    sizes.learn("module", 9000);
    assertEquals(9000, sizes.of("module").orElseThrow());
    for (int i = 0; i < 16; i++) {
      sizes.learn("module", 1000);
    }
    long expected = sizes.of("module").orElseThrow();
    assertTrue(expected > 1000 && expected < 2000, () -> expected + "");
  }

  @Test
  void modulesThatAreLongGoneAreForgotten() {
    for (int i = 0; i <= 1000; i++) {
      sizes.learn("module " + i, 1);
    }
    assertEquals(OptionalLong.empty(), sizes.of("module 0"));
    assertEquals(OptionalLong.of(1), sizes.of("module 1000"));
  }
}
