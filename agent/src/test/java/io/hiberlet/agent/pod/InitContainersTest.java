package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class InitContainersTest extends PodFixture {
  private static final String POD =
      """
      initContainers:
      - {name: first, image: x}
      - {name: second, image: x}
      containers:
      - {name: main, image: x}
      """;

  private static final String NEVER = POD + "restartPolicy: Never\n";

  @Test
  void theyRunOneAfterTheOtherBeforeTheContainers() throws Exception {
    sync(POD);
    PodReport initializing = await("first=run second=PodInitializing main=PodInitializing");
    assertEquals(Phase.PENDING, initializing.phase());
    exit("first", 0);
    PodReport next = await("first=0 second=run main=PodInitializing");
    assertTrue(container(next, "first").ready());
    assertEquals(Phase.PENDING, next.phase());
    exit("second", 0);
    assertEquals(Phase.RUNNING, await("first=0 second=0 main=run").phase());
  }

  @Test
  void oneThatFailsIsTriedAgainWithBackOff() throws Exception {
    sync(POD);
    exit("first", 3);
    exit("first", 4);
    PodReport waiting = await("first=CrashLoopBackOff second=PodInitializing main=PodInitializing");
    assertEquals(Phase.PENDING, waiting.phase());
    assertEquals(1, container(waiting, "first").restarts());
    assertEquals(4, container(waiting, "first").lastTermination().exitCode());
  }

  @Test
  void oneThatFailsEndsAPodThatIsNotRestarted() throws Exception {
    exit("first", 3);
    sync(NEVER);
    PodReport failed = await("first=3 second=PodInitializing main=PodInitializing");
    assertEquals(Phase.FAILED, failed.phase());
  }

  @Test
  void oneThatSucceededIsNotRunAgainByTheNextProcess() throws Exception {
    sync(POD);
    exit("first", 0);
    await("first=0 second=run main=PodInitializing");
    suspend();
    story.clear();
    nextProcess();
    sync(POD);
    await("first=0 second=run main=PodInitializing");
    exit("second", 0);
    await("first=0 second=0 main=run");
    assertFalse(story.contains("start first x"), story.toString());
  }

  @Test
  void oneThatTheAgentDiedWithIsRunAgain() throws Exception {
    sync(POD);
    await("first=run second=PodInitializing main=PodInitializing");
    nextProcess();
    sync(POD);
    PodReport again = await("first=run second=PodInitializing main=PodInitializing");
    assertEquals("ContainerStatusUnknown", container(again, "first").lastTermination().reason());
    assertEquals(1, container(again, "first").restarts());
  }

  @Test
  void oneThatTheAgentDiedWithFailsAPodThatIsNotRestarted() throws Exception {
    sync(NEVER);
    await("first=run second=PodInitializing main=PodInitializing");
    nextProcess();
    sync(NEVER);
    assertEquals(
        Phase.FAILED, await("first=137 second=PodInitializing main=PodInitializing").phase());
  }

  @Test
  void aPodIsDeletedWhileItInitializes() throws Exception {
    sync(POD);
    await("first=run second=PodInitializing main=PodInitializing");
    end(Duration.ofSeconds(10));
    assertTrue(story.contains("event Killing: Stopping container first"), story.toString());
    assertTrue(agent.known().isEmpty());
  }
}
