package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the number of arguments means stands in command.wat. */
final class CommandTest {
  private static GuestModule command;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @BeforeAll
  static void compile() throws Exception {
    command = TestModules.compile("command");
  }

  private Guest start(int arguments) throws Exception {
    return start(arguments, 4 << 20);
  }

  private Guest start(int arguments, long memoryLimitBytes) throws Exception {
    var settings = new GuestSettings(Collections.nCopies(arguments, "x"), Map.of());
    var environment = new GuestEnvironment(settings, List.of(), log, log, memoryLimitBytes);
    return command.start(environment, new RecordingCalls());
  }

  @Test
  void oneThatReturnsHasSucceeded() throws Exception {
    Guest guest = start(1);
    assertEquals(0, assertThrows(GuestExitException.class, guest::wake).exitCode());
    assertEquals("hello\n", log.toString(UTF_8));
  }

  @Test
  void oneThatExitsDoesSoWithItsCode() throws Exception {
    Guest guest = start(2);
    assertEquals(3, assertThrows(GuestExitException.class, guest::wake).exitCode());
  }

  @Test
  void onlyAModuleThatIsNeverWokenIsOne() throws Exception {
    assertTrue(command.isCommand());
    assertFalse(TestModules.compile("wasi").isCommand());
  }

  @Test
  void aTrapAfterARefusedGrowthIsToldAsThat() throws Exception {
    Guest guest = start(4);
    var trap = assertThrows(GuestTrapException.class, guest::wake);
    assertInstanceOf(GuestOutOfMemoryException.class, trap);
    assertTrue(
        trap.getMessage()
            .startsWith(
                "memory.grow was refused at 4194304 bytes, for the memory limit; then: Trapped on"
                    + " unreachable"),
        trap.getMessage());
  }

  @Test
  void soIsAFailureByExit() throws Exception {
    Guest guest = start(5);
    assertThrows(GuestOutOfMemoryException.class, guest::wake);
  }

  @Test
  void oneThatDoesWithoutHasSucceeded() throws Exception {
    Guest guest = start(6);
    assertEquals(0, assertThrows(GuestExitException.class, guest::wake).exitCode());
  }

  @Test
  void aTrapAfterAGrowthThatWasGrantedIsATrap() throws Exception {
    assertIsOnlyATrap(start(7));
  }

  @Test
  void soIsOneAfterTheModulesOwnMaximum() throws Exception {
    assertIsOnlyATrap(start(8, 1 << 30));
  }

  private static void assertIsOnlyATrap(Guest guest) {
    var trap = assertThrows(GuestTrapException.class, guest::wake);
    assertFalse(trap instanceof GuestOutOfMemoryException, trap.getMessage());
  }
}
