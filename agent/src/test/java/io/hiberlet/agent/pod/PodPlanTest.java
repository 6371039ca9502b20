package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Containers are written as {@link Views} reads them, in the order in which they are started; I is
 * an init container, S a sidecar, M a main container.
 */
final class PodPlanTest {

  @ParameterizedTest(name = "{0}: {1} may run")
  @CsvSource(
      textBlock =
          """
          M:new, 1
          M:new M:new M:new, 3
          M:run M:new, 2
          I:new M:new, 1
          I:run M:new, 1
          I:0 M:new, 2
          I:0 M:new M:new, 3
          I:1 M:new, 1
          I:wait1 M:new, 1
          I:0 I:new M:new, 2
          I:0 I:run M:new, 2
          I:0 I:0 M:new, 3
          S:new M:new, 1
          S:starting M:new, 1
          S:run M:new, 2
          S:1 M:new, 1
          S:run I:new M:new, 2
          S:run I:run M:new, 2
          S:1 I:run M:new, 2
          S:1 I:0 M:new, 3
          S:starting I:0 S:starting M:new, 3
          S:1 M:run, 2
          I:new M:run, 2
          S:wait1 M:wait1 M:new, 3
          """)
  void whichContainersMayRun(String containers, int allowed) {
    assertEquals(allowed, PodPlan.allowed(Views.parse(containers)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      textBlock =
          """
          M:new, goes on
          M:run, goes on
          M:0, goes on
          M!:0, is over
          M!:1, is over
          M?:0, is over
          M?:1, goes on
          M!:0 M!:run, goes on
          M!:0 M!:1, is over
          M!:0 M!:wait1, goes on
          S:run M!:0, is over
          S:run M!:run, goes on
          I!:1 M!:new, is over
          S:run I!:1 M!:new, is over
          I:1 M:new, goes on
          I!:0 M!:new, goes on
          """)
  void whenThePodIsOver(String containers, String verdict) {
    boolean over = PodPlan.isOver(Views.parse(containers));
    assertEquals(verdict, over ? "is over" : "goes on");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      textBlock =
          """
          M:run M:run, 0 1
          I:run M:new, 0 1
          S:run S:run M:run, 2
          S:run S:run M:0, 1 2
          S:run S:0 M:0, 0 1 2
          S:run I:run M:new, 0 1 2
          S:run S:wait1 M:1, 0 1 2
          """)
  void whoseTurnItIsToEnd(String containers, String turns) {
    List<ContainerView> views = Views.parse(containers);
    List<String> may =
        IntStream.range(0, views.size())
            .filter(i -> PodPlan.mayStop(views, i))
            .mapToObj(String::valueOf)
            .toList();
    assertEquals(turns, String.join(" ", may));
  }
}
