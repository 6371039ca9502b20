package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SeveralContainersTest extends PodFixture {
  private static final String POD =
      """
      containers:
      - {name: a, image: x}
      - {name: b, image: y}
      """;

  @Test
  void oneThatCrashesAgainAndAgainLeavesTheOtherAlone() throws Exception {
    sync(POD);
    exit("a", 1);
    exit("a", 2);
    PodReport waiting = await("a=CrashLoopBackOff b=run");
    assertEquals(Phase.RUNNING, waiting.phase());
    assertFalse(container(waiting, "a").ready());
    assertTrue(container(waiting, "b").ready());
    assertEquals(0, container(waiting, "b").restarts());
    assertEquals(
        "event BackOff: Back-off restarting failed container a in pod pod_ns(uid-1)",
        told("event BackOff").getFirst());
  }

  @Test
  void onlyThoseThatFailedAreStartedAgainOnFailure() throws Exception {
    sync(POD + "restartPolicy: OnFailure\n");
    exit("a", 0);
    exit("b", 1);
    PodReport again = await("b again", report -> container(report, "b").restarts() == 1);
    assertEquals(Phase.RUNNING, again.phase());
    exit("b", 0);
    assertEquals(Phase.SUCCEEDED, await("a=0 b=0").phase());
  }

  @Test
  void aPodThatIsNotRestartedIsOverWhenAllAre() throws Exception {
    sync(POD + "restartPolicy: Never\n");
    exit("a", 7);
    assertEquals(Phase.RUNNING, await("a=7 b=run").phase());
    exit("b", 0);
    assertEquals(Phase.FAILED, await("a=7 b=0").phase());
  }

  @Test
  void aPodThatIsOverIsToldSoByTheNextProcessAndNotRunAgain() throws Exception {
    exit("a", 0);
    exit("b", 3);
    sync(POD + "restartPolicy: Never\n");
    await("a=0 b=3");
    story.clear();
    nextProcess(); // without an end: it was killed
    sync(POD + "restartPolicy: Never\n");
    assertEquals(Phase.FAILED, await("a=0 b=3").phase());
    assertEquals(List.of(), told("start", "resume"));
  }

  @Test
  void oneWhoseImageIsMissingKeepsThePodPending() throws Exception {
    missing.put("y", true);
    sync(POD);
    assertEquals(Phase.PENDING, await("a=run b=ErrImagePull").phase());
  }

  @Test
  void aContainersOwnPolicyComesFirst() throws Exception {
    sync(
        """
        containers:
        - {name: a, image: x, restartPolicy: OnFailure}
        - {name: b, image: x}
        restartPolicy: Never
        """);
    exit("a", 1);
    PodReport again = await("a again", report -> container(report, "a").restarts() == 1);
    assertEquals(Phase.RUNNING, again.phase());
    exit("a", 0);
    exit("b", 0);
    assertEquals(Phase.SUCCEEDED, await("a=0 b=0").phase());
  }

  @Test
  void theyAreToldToStopTogether() throws Exception {
    sync(POD);
    await("a=run b=run");
    hear("start a x", "start b y");
    end(Duration.ofSeconds(10));
    assertEquals(2, told("stop").size());
  }
}
