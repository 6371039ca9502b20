package io.hiberlet.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MachineTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "echo stopping; exit 1, true",
    "echo running, false",
    "echo degraded; exit 1, false",
    "echo offline; exit 1, false",
    "echo Failed to connect to bus >&2; exit 1, false",
    "yes stopping | head -c 1000, false",
    "exit 0, false",
    "exec sleep 60, false",
  })
  void goesDownWhenSystemdSaysSo(String systemctl, boolean goesDown) throws Exception {
    assertEquals(goesDown, new Machine(List.of("sh", "-c", systemctl)).isGoingDown());
  }

  @Test
  void doesNotGoDownWhereThereIsNoSystemd() throws Exception {
    assertFalse(new Machine(List.of("/nonexistent/systemctl")).isGoingDown());
  }
}
