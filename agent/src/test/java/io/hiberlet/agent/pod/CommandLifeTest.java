package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.HostCalls;
import io.hiberlet.agent.runtime.Guest;
import io.hiberlet.agent.runtime.GuestEnvironment;
import io.hiberlet.agent.runtime.GuestExitException;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.agent.runtime.GuestState;
import io.hiberlet.agent.runtime.GuestTrapException;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real commands as controllers; what the number of arguments means stands in command.wat. */
final class CommandLifeTest extends ControllerFixture {
  private static GuestModule command;

  @BeforeAll
  static void compile() throws Exception {
    command = GuestModule.compile(TestModules.bytes("command"), ModuleLimits.DEFAULT);
  }

  private Controller start(int arguments) {
    Controller controller = controller(ID, NEVER, Commands::new);
    controller.start(new GuestSettings(Collections.nCopies(arguments, "x"), Map.of()));
    assertEquals("resident", next());
    return controller;
  }

  @Test
  void itRunsToItsEnd() {
    start(1);
    assertEquals("ended 0 Completed", next());
  }

  @Test
  void itsFailureIsThatOfTheContainer() {
    start(2);
    assertEquals("ended 3 Error", next());
  }

  @Test
  void itIsEndedWhenItRunsForTooLong() {
    wakeLimit = Duration.ofMillis(200);
    start(3);
    assertEquals("ended 137 WakeTimeout", next());
  }

  @Test
  void itsMemoryLimitShowsAsUsersKnowIt() {
    start(4);
    assertEquals("ended 137 OOMKilled", next());
  }

  @Test
  void oneThatComputesIsEndedAtTheEndOfItsGrace() throws Exception {
    endsWithItsGrace(3);
  }

  @Test
  void oneThatSleepsIsEndedAtTheEndOfItsGrace() throws Exception {
    endsWithItsGrace(9);
  }

  private void endsWithItsGrace(int arguments) throws Exception {
    Controller running = start(arguments);
    long began = System.nanoTime();
    running
        .stop(Duration.ofMillis(300))
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(System.nanoTime() - began >= Duration.ofMillis(300).toNanos());
    assertEquals("ended 137 Error", next());
  }

  private static final class Commands implements GuestSource {
    @Override
    public boolean isCommand() {
      return command.isCommand();
    }

    @Override
    public Guest start(GuestSettings settings, HostCalls calls)
        throws GuestTrapException, GuestExitException {
      OutputStream log = OutputStream.nullOutputStream();
      return command.start(new GuestEnvironment(settings, List.of(), log, log, 4 << 20), calls);
    }

    @Override
    public Guest resume(HostCalls calls, GuestState state) {
      throw new AssertionError("a command never sleeps");
    }

    @Override
    public Guest copy(GuestState state) {
      throw new AssertionError("a command is in no snapshot");
    }
  }
}
