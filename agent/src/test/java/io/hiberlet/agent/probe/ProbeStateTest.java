package io.hiberlet.agent.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.ProbeSpec;
import io.hiberlet.agent.admission.ProbeSpecs;
import io.hiberlet.agent.probe.ProbeState.Effect;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every probe here needs two failures in a row; readiness two successes. */
class ProbeStateTest {
  private static ProbeSpec spec(int successes, int failures) {
    Duration second = Duration.ofSeconds(1);
    return new ProbeSpec(List.of("x"), Duration.ZERO, second, second, successes, failures, null);
  }

  private static ProbeState state(String probes) {
    return new ProbeState(
        new ProbeSpecs(
            with(probes, 's', spec(1, 2)),
            with(probes, 'l', spec(1, 2)),
            with(probes, 'r', spec(2, 2))));
  }

  private static @Nullable ProbeSpec with(String probes, char letter, ProbeSpec spec) {
    return probes.indexOf(letter) < 0 ? null : spec;
  }

  /**
   * Results are letters, small ones failures; z is sleep. The outcome: started, ready, and whether
   * the container was to be ended.
   */
  @ParameterizedTest(name = "probes {0}: {1} leads to {2}")
  @CsvSource({
    // without a probe, everything is well
    "l, '', started ready",
    "r, '', started",
    "slr, '', ''",
    // startup gates the others
    "slr, LRR, ''",
    "slr, S, started",
    "sl, S, started ready",
    "slr, SRR, started ready",
    "s, sS, started ready",
    "s, ss, fatal",
    "s, Sss, started ready",
    // failures count in a row only
    "l, lLl, started ready",
    "l, lLll, started ready fatal",
    "l, ll, started ready fatal",
    "l, llLL, started ready fatal",
    // readiness goes and comes
    "r, R, started",
    "r, RR, started ready",
    "r, RRr, started ready",
    "r, RRrr, started",
    "r, RRrrRR, started ready",
    "r, RRrrR, started",
    // a sleeper is well, and begins to count anew
    "slr, z, started ready",
    "r, rrz, started ready",
    "lr, lzl, started ready",
    "lr, lzll, started ready fatal",
  })
  void resultsAddUp(String probes, String results, String outcome) {
    ProbeState state = state(probes);
    boolean fatal = false;
    for (int i = 0; i < results.length(); i++) {
      char result = results.charAt(i);
      Effect effect =
          switch (Character.toLowerCase(result)) {
            case 's' -> state.result(ProbeType.STARTUP, Character.isUpperCase(result));
            case 'l' -> state.result(ProbeType.LIVENESS, Character.isUpperCase(result));
            case 'r' -> state.result(ProbeType.READINESS, Character.isUpperCase(result));
            default -> state.asleep();
          };
      assertFalse(fatal && effect == Effect.FATAL, "nobody is ended twice");
      fatal |= effect == Effect.FATAL;
    }
    String seen =
        (state.isStarted() ? "started " : "")
            + (state.isReady() ? "ready " : "")
            + (fatal ? "fatal" : "");
    assertEquals(outcome, seen.strip());
  }

  @Test
  void onlyWhatIsNewIsAChange() {
    ProbeState state = state("r");
    assertEquals(Effect.NOTHING, state.result(ProbeType.READINESS, true));
    assertEquals(Effect.CHANGED, state.result(ProbeType.READINESS, true));
    assertEquals(Effect.NOTHING, state.result(ProbeType.READINESS, true));
    assertEquals(Effect.NOTHING, state.asleep());
  }

  @Test
  void startupIsAskedForFirstAndThenNoMore() {
    ProbeState state = state("slr");
    assertTrue(state.wants(ProbeType.STARTUP));
    assertFalse(state.wants(ProbeType.LIVENESS));
    state.result(ProbeType.STARTUP, true);
    assertFalse(state.wants(ProbeType.STARTUP));
    assertTrue(state.wants(ProbeType.LIVENESS));
    assertTrue(state.wants(ProbeType.READINESS));
  }
}
