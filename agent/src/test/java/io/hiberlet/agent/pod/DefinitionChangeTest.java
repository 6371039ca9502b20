package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.PodReport;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DefinitionChangeTest extends PodFixture {
  private static final String POD =
      """
      containers:
      - {name: a, image: old}
      - {name: b, image: x}
      restartPolicy: Never
      """;

  private static final String CHANGED = POD.replace("old", "new");
  private static final String KILLING =
      "event Killing: Container a definition changed, will be restarted";

  @Test
  void aContainerWithAnotherImageIsStartedAgainWithThat() throws Exception {
    sync(POD);
    hear("start a old", "start b x");
    sync(CHANGED);
    hear(KILLING, "stop a", "start a new");
    PodReport again = await("a again", report -> container(report, "a").restarts() == 1);
    assertEquals("a=run b=run", states(again));
    assertEquals(0, container(again, "b").restarts());
  }

  @Test
  void thePodIsNotOverWhileItsOnlyContainerChanges() throws Exception {
    String alone = "{containers: [{name: a, image: old}], restartPolicy: Never}";
    sync(alone);
    hear("start a old");
    sync(alone.replace("old", "new"));
    hear("stop a", "start a new");
    await("a again", report -> container(report, "a").restarts() == 1);
    exit("a", 0);
    await("a=0");
  }

  @Test
  void aChangeWhileTheAgentWasAwayCountsAsWell() throws Exception {
    sync(POD);
    hear("start a old", "start b x");
    suspend();
    nextProcess();
    sync(CHANGED);
    hear(KILLING, "start a new");
  }

  @Test
  void aShorterIdleTimeCountsAtOnce() throws Exception {
    calm.put("old", true);
    calm.put("x", true);
    sync(POD);
    hear("start a old", "start b x");
    var changed = pod(POD);
    changed.getMetadata().putAnnotationsItem("hiberlet.io/idle-after", "0s");
    agent.sync(changed, reporter());
    await("asleep", report -> report.conditions().getFirst().status());
    assertEquals(List.of(), told("stop", "start"), "nobody was started anew for that");
  }

  @Test
  void anImageThatIsPutRightIsPulledAtOnce() throws Exception {
    missing.put("old", true);
    sync(POD);
    await("a=ErrImagePull b=run");
    sync(CHANGED);
    await("a=run b=run");
    hear("start a new");
  }

  @Test
  void aCrashLoopOfTheOldImageDoesNotHoldUpTheNewOne() throws Exception {
    String always = POD.replace("Never", "Always");
    sync(always);
    exit("a", 1);
    exit("a", 1);
    await("a=CrashLoopBackOff b=run");
    sync(always.replace("old", "new"));
    await("a=run b=run");
  }

  @Test
  void aContainerThatIsOverStaysSo() throws Exception {
    sync(POD);
    exit("a", 0);
    await("a=0 b=run");
    sync(CHANGED);
    exit("b", 0);
    await("a=0 b=0");
    assertTrue(told("start a new").isEmpty());
  }
}
