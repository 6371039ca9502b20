package io.hiberlet.agent.simulation;

import static org.junit.jupiter.api.Assertions.fail;

import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many controllers under random schedules of events, hibernations, faults, crashes and restarts,
 * against a model (docs/testing.md).
 *
 * <p>{@code -Dsimulation.seeds=N} runs the first N seeds, {@code -Dsimulation.seed=N} that one, and
 * tells its story.
 */
@Tag("faults")
class SimulationTest {
  private static final long SEEDS = 200;

  @Test
  void noEventIsLostNoStateGoesBackAndNoneIsMixedUp() throws Exception {
    GuestModule module = GuestModule.compile(TestModules.bytes("witness"), ModuleLimits.DEFAULT);
    Long only = Long.getLong("simulation.seed");
    if (only != null) {
      replay(only, module);
      return;
    }
    OptionalLong failing = firstFailing(Long.getLong("simulation.seeds", SEEDS), module);
    if (failing.isPresent()) {
      replay(failing.getAsLong(), module);
      fail("seed %d failed once and not twice".formatted(failing.getAsLong()));
    }
  }

  private static OptionalLong firstFailing(long seeds, GuestModule module) {
    PrintStream log = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false));
    try {
      return LongStream.rangeClosed(1, seeds)
          .parallel()
          .filter(seed -> new Simulation(seed, false, module).run() != null)
          .findFirst();
    } finally {
      System.setErr(log);
    }
  }

  private static void replay(long seed, GuestModule module) {
    Simulation simulation = new Simulation(seed, true, module);
    String violation = simulation.run();
    String story = String.join("\n", simulation.story());
    if (violation != null) {
      fail(
          """
          seed %d, step %d: %s
          %s
          To replay it: mvn verify -pl agent -am -Dtest=SimulationTest -Dsimulation.seed=%d \
          -Dsurefire.failIfNoSpecifiedTests=false\
          """
              .formatted(seed, simulation.steps(), violation, story, seed));
    }
  }
}
