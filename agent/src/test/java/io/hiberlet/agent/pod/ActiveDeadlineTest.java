package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ActiveDeadlineTest extends PodFixture {
  private static final String POD =
      """
      initContainers:
      - {name: side, image: x, restartPolicy: Always}
      containers:
      - {name: main, image: x}
      """;

  private static String within(int seconds) {
    return POD + "activeDeadlineSeconds: " + seconds + "\n";
  }

  private static void assertExceeded(PodReport report) {
    assertEquals(Phase.FAILED, report.phase());
    assertEquals("DeadlineExceeded", report.reason());
    assertEquals("Pod was active on the node longer than the specified deadline", report.message());
  }

  @Test
  void aPodThatIsThereForTooLongIsEndedInOrderAndFails() throws Exception {
    sync(within(1));
    await("side=run main=run");
    hear("start main x");
    PodReport ended = await("side=0 main=0");
    assertExceeded(ended);
    assertEquals(List.of("stop main", "stop side"), told("stop"));
  }

  @Test
  void aDeadlineMayBeSetAndBroughtForwardWhileThePodRuns() throws Exception {
    sync(POD);
    await("side=run main=run");
    sync(within(3600));
    sync(within(1));
    assertExceeded(await("side=0 main=0"));
  }

  @Test
  void theTimeGoesOnWhileTheAgentIsAway() throws Exception {
    var pod = pod(within(3 * 3600));
    pod.setStatus(new V1PodStatus().startTime(OffsetDateTime.now(ZoneOffset.UTC).minusHours(2)));
    agent.sync(pod, reporter());
    await("side=run main=run");
    suspend();
    nextProcess();
    sync(within(3600)); // without a start time, which only the process before has heard of
    assertExceeded(await("it is ended", report -> report.phase() == Phase.FAILED));
  }

  @Test
  void aPodOfAnAgentBeforeIsCountedFromItsStartTime() throws Exception {
    var pod = pod(within(3600));
    pod.setStatus(new V1PodStatus().startTime(OffsetDateTime.now(ZoneOffset.UTC).minusHours(2)));
    agent.sync(pod, reporter());
    assertExceeded(await("it is ended", report -> report.phase() == Phase.FAILED));
  }
}
