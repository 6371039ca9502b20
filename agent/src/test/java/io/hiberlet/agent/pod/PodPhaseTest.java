package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.PodReport.Phase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers are written as {@link Views} reads them. */
final class PodPhaseTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      textBlock =
          """
          M:new, PENDING
          M:run, RUNNING
          M:run M:new, PENDING
          M:run M:1, RUNNING
          M:run M:wait1, RUNNING
          M:wait1, RUNNING
          M:wait1 M:new, PENDING
          M:0, RUNNING
          M:1, RUNNING
          M?:0, SUCCEEDED
          M?:1, RUNNING
          M?:0 M?:1, RUNNING
          M?:0 M?:wait1, RUNNING
          M!:0, SUCCEEDED
          M!:1, FAILED
          M!:0 M!:1, FAILED
          M!:0 M!:0, SUCCEEDED
          M!:1 M!:run, RUNNING
          I:new M:new, PENDING
          I:run M:new, PENDING
          I:0 M:new, PENDING
          I:0 M:run, RUNNING
          I:1 M:new, PENDING
          I:wait1 M:new, PENDING
          I!:1 M!:new, FAILED
          I!:0 I!:1 M!:new, FAILED
          I!:0 M!:0, SUCCEEDED
          S:new M:new, PENDING
          S:starting M:new, PENDING
          S:run M:new, PENDING
          S:run M:run, RUNNING
          S:1 M:run, RUNNING
          S:wait1 M:run, RUNNING
          S:starting M:run, RUNNING
          S:run M!:0, RUNNING
          S:0 M!:0, SUCCEEDED
          S:1 M!:0, SUCCEEDED
          S:1 M!:1, FAILED
          S:run I!:1 M!:new, PENDING
          S:137 I!:1 M!:new, FAILED
          """)
  void whileThePodIsToRun(String containers, Phase phase) {
    assertEquals(phase, PodPhase.of(Views.parse(containers), false, false));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      textBlock =
          """
          M:run, RUNNING
          M:0, SUCCEEDED
          M:1, FAILED
          M?:1, FAILED
          M:0 M:run, RUNNING
          S:run M:0, RUNNING
          S:137 M:0, SUCCEEDED
          """)
  void whenNothingIsStartedAnyMore(String containers, Phase phase) {
    assertEquals(phase, PodPhase.of(Views.parse(containers), true, false));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      textBlock =
          """
          M:run, RUNNING
          S:run M:new, PENDING
          M:0, FAILED
          M:new, FAILED
          S:137 M:137, FAILED
          """)
  void whenThePodHasFailedAsAWhole(String containers, Phase phase) {
    assertEquals(phase, PodPhase.of(Views.parse(containers), true, true));
  }
}
