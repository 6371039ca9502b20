package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SidecarsTest extends PodFixture {
  private static final String POD =
      """
      initContainers:
      - {name: outer, image: x, restartPolicy: Always}
      - {name: init, image: x}
      - {name: inner, image: x, restartPolicy: Always}
      containers:
      - {name: main, image: x}
      restartPolicy: Never
      """;

  private void run() throws Exception {
    sync(POD);
    await("outer=run init=run inner=PodInitializing main=PodInitializing");
    exit("init", 0);
    assertEquals(Phase.RUNNING, await("outer=run init=0 inner=run main=run").phase());
    hear("start outer x", "start inner x", "start main x");
  }

  @Test
  void theyEndInReverseAfterAJobIsDoneAndDoNotCountForIt() throws Exception {
    run();
    exit("main", 0);
    PodReport over = await("outer=0 init=0 inner=0 main=0");
    assertEquals(Phase.SUCCEEDED, over.phase());
    assertEquals(
        List.of(
            "exit main",
            "event Killing: Stopping container inner",
            "stop inner",
            "event Killing: Stopping container outer",
            "stop outer"),
        told("exit", "stop", "event Killing"));
  }

  @Test
  void theyOutliveTheMainContainersWhenThePodIsDeleted() throws Exception {
    run();
    end(Duration.ofSeconds(10));
    assertEquals(List.of("stop main", "stop inner", "stop outer"), told("stop"));
  }

  @Test
  void theyGetTheirTurnBeforeTheGraceIsOver() throws Exception {
    run();
    stubborn.put("main", true);
    long began = System.nanoTime();
    end(Duration.ofSeconds(1));
    assertTrue(System.nanoTime() - began >= Duration.ofSeconds(1).toNanos());
    assertTrue(story.containsAll(List.of("stop inner", "stop outer")), story.toString());
  }

  @Test
  void oneThatEndsIsStartedAgainWhileTheOthersRun() throws Exception {
    run();
    exit("inner", 0);
    PodReport again = await("inner again", report -> container(report, "inner").restarts() == 1);
    assertEquals(Phase.RUNNING, again.phase());
    await("outer=run init=0 inner=run main=run");
  }

  @Test
  void aFailureOfThePodsInitializationEndsThem() throws Exception {
    sync(POD);
    await("outer=run init=run inner=PodInitializing main=PodInitializing");
    exit("init", 2);
    PodReport over = await("outer=0 init=2 inner=PodInitializing main=PodInitializing");
    assertEquals(Phase.FAILED, over.phase());
  }

  @Test
  void allOfThemGoOnInTheNextProcess() throws Exception {
    run();
    suspend();
    nextProcess();
    sync(POD);
    await("outer=run init=0 inner=run main=run");
    exit("main", 0);
    assertEquals(Phase.SUCCEEDED, await("outer=0 init=0 inner=0 main=0").phase());
  }
}
