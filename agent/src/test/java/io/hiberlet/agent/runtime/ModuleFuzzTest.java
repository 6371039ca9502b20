package io.hiberlet.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Modules with a few bytes changed are refused, or they run, trap or exit: nothing else comes out
 * of them. {@code -Dhiberlet.fuzz.seed=N -Dhiberlet.fuzz.cases=1} replays one.
 */
class ModuleFuzzTest {
  private static final long FIRST_SEED = Long.getLong("hiberlet.fuzz.seed", 1);
  private static final int CASES = Integer.getInteger("hiberlet.fuzz.cases", 300);

  private static final ModuleLimits LIMITS = new ModuleLimits(1 << 20, 1 << 20, 10_000);

  private int compiled;

  @Test
  void mutatedModulesDoNothingUnforeseen() throws Exception {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      try {
        run(mutated(new Random(seed)));
      } catch (Throwable e) {
        throw new AssertionError("replay with -Dhiberlet.fuzz.seed=" + seed, e);
      }
    }
    assertTrue(CASES < 100 || compiled > CASES / 20, "too few of the mutants are valid");
  }

  private static byte[] mutated(Random random) {
    var names = TestModules.ACCEPTED;
    byte[] bytes = TestModules.bytes(names.get(random.nextInt(names.size())));
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = 8 + random.nextInt(bytes.length - 8);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (bytes[at] + random.nextInt(5) - 2);
    }
    return bytes;
  }

  private void run(byte[] wasm) throws Exception {
    GuestModule module;
    try {
      module = GuestModule.compile(wasm, LIMITS);
    } catch (ModuleRefusedException e) {
      return;
    }
    compiled++;
    var life = new FutureTask<>(() -> live(module), null);
    Thread thread = Thread.ofPlatform().start(life);
    try {
      life.get(1, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      life.get(30, TimeUnit.SECONDS);
    }
  }

  /** Started, woken, resumed and woken. */
  private static void live(GuestModule module) {
    var calls = new RecordingCalls();
    try {
      Guest guest = module.start(TestModules.environment(1 << 20), calls);
      calls.send(3, 16, 0, 0, 0, 0);
      guest.wake();
      GuestState state = guest.capture();
      Guest resumed = module.resume(TestModules.environment(1 << 20), calls, state);
      calls.send(5, 16, 0, 0, 0, 0);
      resumed.wake();
    } catch (GuestTrapException | GuestExitException e) {
      assertTrue(e.getMessage() != null);
    } catch (GuestStateException e) {
      throw new AssertionError("its own state was refused", e);
    }
  }
}
