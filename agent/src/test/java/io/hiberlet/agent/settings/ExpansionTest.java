package io.hiberlet.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of Kubernetes' own test of its expansion, and some more. */
final class ExpansionTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "VAR_A", "A",
          "VAR_B", "B",
          "VAR_C", "C",
          "VAR_REF", "$(VAR_A)",
          "VAR_EMPTY", "");

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          $(VAR_A), A
          ___$(VAR_B)___, ___B___
          ___$(VAR_C), ___C
          $(VAR_A)-$(VAR_A), A-A
          $(VAR_A)-1, A-1
          ___$(VAR_EMPTY)___, ______
          ___$(VAR_A)$(VAR_B)$(VAR_C), ___ABC
          $(VAR_REF), $(VAR_A)
          %%$(VAR_REF)--$(VAR_REF)%%, %%$(VAR_A)--$(VAR_A)%%
          f000-$$VAR_A, f000-$VAR_A
          foo\\$(VAR_C)bar, foo\\Cbar
          foo\\\\$(VAR_C)bar, foo\\\\Cbar
          foo$$$(VAR_C), foo$C
          f$$(VAR_A), f$(VAR_A)
          $$$$$$$$$$, $$$$$
          $$$$$$$$(VAR_A), $$$$(VAR_A)
          $$$$$$$$$(VAR_A), $$$$A
          $VAR_A, $VAR_A
          $(VAR_A, $(VAR_A
          $(VAR_A$(VAR_B), $(VAR_A$(VAR_B)
          $$(VAR_A-$(VAR_B), $(VAR_A-B
          $?$(VAR_A), $?A
          $(, $(
          $(VAR_DOES_NOT_EXIST), $(VAR_DOES_NOT_EXIST)
          $(VAR_A)$, A$
          $(VAR_A):$, A:$
          $(), $()
          $ä$(VAR_A), $äA
          '', ''
          """)
  void isTheKubelets(String text, String expanded) throws UnresolvedException {
    assertEquals(expanded, Expansion.expand(text, VARIABLES));
  }

  @Test
  void aTextThatGrowsWithoutMeasureIsRefused() {
    String megabyte = "x".repeat(1 << 20);
    String text = "$(BIG)".repeat(1 << 18);
    var refused =
        assertThrows(
            UnresolvedException.class, () -> Expansion.expand(text, Map.of("BIG", megabyte)));
    assertTrue(refused.getMessage().contains("more than 1048576"), refused.getMessage());
  }
}
