package io.hiberlet.node.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hiberlet.node.ContainerReport;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.State;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.ContainerReport.Waiting;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.client.Patches;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EphemeralContainer;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import io.kubernetes.client.openapi.models.V1PodReadinessGate;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodStatusesTest {
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");
  private static final Instant LATER = NOW.plusSeconds(60);

  private final PodStatuses statuses = new PodStatuses("10.0.0.7");
  private final V1Pod pod =
      new V1Pod()
          .metadata(new V1ObjectMeta().namespace("n").name("p").uid("u"))
          .spec(
              new V1PodSpec()
                  .addContainersItem(new V1Container().name("main").image("example.com/m:1")));

  @Test
  void describesARunningPod() {
    JsonObject status = patch(new V1PodStatus(), report(Phase.RUNNING, new Running(NOW), true));
    assertEquals("Running", status.get("phase").getAsString());
    assertEquals("10.0.0.7", status.get("podIP").getAsString());
    assertEquals("2026-02-03T04:05:06.000000Z", status.get("startTime").getAsString());
    for (String type : List.of("PodScheduled", "Initialized", "ContainersReady", "Ready")) {
      assertEquals("True", condition(status, type).get("status").getAsString(), type);
    }
    JsonObject container = status.getAsJsonArray("containerStatuses").get(0).getAsJsonObject();
    assertTrue(container.get("started").getAsBoolean());
    assertEquals("hiberlet://u/main", container.get("containerID").getAsString());
    assertEquals("sha256:1", container.get("imageID").getAsString());
    assertEquals(
        "2026-02-03T04:05:06.000000Z",
        container
            .getAsJsonObject("state")
            .getAsJsonObject("running")
            .get("startedAt")
            .getAsString());
  }

  @Test
  void whatIsToDebugAPodHasEndedBeforeItBegan() {
    V1Pod debugged =
        new V1Pod()
            .metadata(pod.getMetadata())
            .spec(
                new V1PodSpec()
                    .addContainersItem(new V1Container().name("main"))
                    .addEphemeralContainersItem(
                        new V1EphemeralContainer().name("debugger").image("busybox")));
    PodReport running = report(Phase.RUNNING, new Running(NOW), true);
    JsonObject status = statuses.patch(debugged, new V1PodStatus(), running, NOW);
    JsonObject container =
        status.getAsJsonArray("ephemeralContainerStatuses").get(0).getAsJsonObject();
    assertEquals("debugger", container.get("name").getAsString());
    JsonObject end = container.getAsJsonObject("state").getAsJsonObject("terminated");
    assertEquals("NotSupported", end.get("reason").getAsString());
    assertTrue(end.get("message").getAsString().contains("not supported on this node"));
    assertEquals("Running", status.get("phase").getAsString());
    V1PodStatus applied = applied(status);
    assertTrue(
        Patches.contains(Patches.json(applied), statuses.patch(debugged, applied, running, LATER)));
  }

  @Test
  void keepsTimesUntilSomethingChanges() {
    V1PodStatus before =
        applied(patch(new V1PodStatus(), report(Phase.RUNNING, new Running(NOW), true)));
    JsonObject same =
        statuses.patch(pod, before, report(Phase.RUNNING, new Running(NOW), true), LATER);
    assertTrue(Patches.contains(Patches.json(before), same), same::toString);

    JsonObject changed =
        statuses.patch(pod, before, report(Phase.RUNNING, new Running(NOW), false), LATER);
    assertFalse(Patches.contains(Patches.json(before), changed));
    assertEquals("2026-02-03T04:05:06.000000Z", changed.get("startTime").getAsString());
    assertEquals(
        "2026-02-03T04:06:06.000000Z",
        condition(changed, "Ready").get("lastTransitionTime").getAsString());
    assertEquals(
        "2026-02-03T04:05:06.000000Z",
        condition(changed, "Initialized").get("lastTransitionTime").getAsString());
    assertEquals(
        "containers with unready status: [main]",
        condition(changed, "Ready").get("message").getAsString());
  }

  @Test
  void clearsReasonsThatAreOver() {
    V1PodStatus before = new V1PodStatus().reason("ModuleRefused").message("no wasm");
    JsonObject status = patch(before, report(Phase.RUNNING, new Running(NOW), true));
    assertTrue(status.get("reason").isJsonNull());
    assertFalse(Patches.contains(Patches.json(before), status));
  }

  @Test
  void removesOwnConditionsNoLongerReportedAndLeavesOthers() {
    PodReport hibernated =
        new PodReport(
            Phase.RUNNING,
            null,
            null,
            List.of(),
            List.of(new Condition("hiberlet.io/Hibernated", true, "Idle", "asleep")));
    V1PodStatus before = applied(patch(new V1PodStatus(), hibernated));
    before.addConditionsItem(new V1PodCondition().type("example.com/gate").status("True"));
    JsonObject status = patch(before, report(Phase.RUNNING, new Running(NOW), true));
    assertEquals("delete", condition(status, "hiberlet.io/Hibernated").get("$patch").getAsString());
    assertNull(condition(status, "example.com/gate"));
  }

  @Test
  void waitsForReadinessGates() {
    pod.getSpec().addReadinessGatesItem(new V1PodReadinessGate().conditionType("gate"));
    JsonObject status = patch(new V1PodStatus(), report(Phase.RUNNING, new Running(NOW), true));
    assertEquals("True", condition(status, "ContainersReady").get("status").getAsString());
    assertEquals("False", condition(status, "Ready").get("status").getAsString());
    assertEquals("ReadinessGatesNotReady", condition(status, "Ready").get("reason").getAsString());
    assertEquals(
        "corresponding condition of pod readiness gate \"gate\" does not exist.",
        condition(status, "Ready").get("message").getAsString());
    V1PodStatus closed =
        new V1PodStatus().addConditionsItem(new V1PodCondition().type("gate").status("False"));
    assertEquals(
        "the status of pod readiness gate \"gate\" is not \"True\", but False",
        condition(patch(closed, report(Phase.RUNNING, new Running(NOW), true)), "Ready")
            .get("message")
            .getAsString());
    closed.getConditions().getFirst().setStatus("True");
    JsonObject open = patch(closed, report(Phase.RUNNING, new Running(NOW), true));
    assertEquals("True", condition(open, "Ready").get("status").getAsString());
  }

  @Test
  void tellsHowFarInitializationHasCome() {
    pod.getSpec()
        .addInitContainersItem(new V1Container().name("side").restartPolicy("Always"))
        .addInitContainersItem(new V1Container().name("a"))
        .addInitContainersItem(new V1Container().name("b"));
    ContainerReport side = container("side", new Running(NOW), true);
    ContainerReport done = container("a", new Terminated(0, "Completed", null, NOW, NOW), true);
    ContainerReport main = container("main", new Waiting("PodInitializing", null), false);
    JsonObject initializing =
        patch(
            new V1PodStatus(),
            new PodReport(Phase.PENDING, null, null, List.of(side, main), List.of()));
    JsonObject condition = condition(initializing, "Initialized");
    assertEquals("ContainersNotInitialized", condition.get("reason").getAsString());
    assertEquals(
        "containers with incomplete status: [a b]", condition.get("message").getAsString());
    assertEquals(3, initializing.getAsJsonArray("initContainerStatuses").size());
    ContainerReport crashed = container("side", new Waiting("CrashLoopBackOff", null), false);
    JsonObject running =
        patch(
            new V1PodStatus(),
            new PodReport(
                Phase.RUNNING,
                null,
                null,
                List.of(crashed, done, container("main", new Running(NOW), true)),
                List.of()));
    assertEquals("True", condition(running, "Initialized").get("status").getAsString());
    assertEquals(
        "containers with unready status: [side]",
        condition(running, "ContainersReady").get("message").getAsString());
  }

  private static ContainerReport container(String name, State state, boolean ready) {
    return new ContainerReport(name, state, state instanceof Running, ready, 0, null, null);
  }

  @Test
  void tellsOfRestarts() {
    var crashed = new Terminated(134, "Error", "trap: unreachable", NOW, NOW);
    var container =
        new ContainerReport(
            "main", new Waiting("CrashLoopBackOff", "wait"), false, false, 3, null, crashed);
    JsonObject status =
        patch(
            new V1PodStatus(),
            new PodReport(Phase.RUNNING, null, null, List.of(container), List.of()));
    JsonObject written = status.getAsJsonArray("containerStatuses").get(0).getAsJsonObject();
    assertEquals(3, written.get("restartCount").getAsInt());
    assertFalse(written.get("started").getAsBoolean());
    assertEquals(
        134,
        written
            .getAsJsonObject("lastState")
            .getAsJsonObject("terminated")
            .get("exitCode")
            .getAsInt());
  }

  @Test
  void replacesAddressesOfAnEarlierLife() {
    V1PodStatus before =
        applied(
            new PodStatuses("10.0.0.1")
                .patch(pod, new V1PodStatus(), report(Phase.RUNNING, new Running(NOW), true), NOW));
    JsonObject status = patch(before, report(Phase.RUNNING, new Running(NOW), true));
    for (String addresses : List.of("podIPs", "hostIPs")) {
      assertEquals(
          "[{\"$patch\":\"replace\"},{\"ip\":\"10.0.0.7\"}]", status.get(addresses).toString());
    }
  }

  @Test
  void aDeletedPodEndsInAFinalPhase() {
    PodReport unseen = PodStatuses.ended(pod, null, NOW);
    assertEquals(Phase.FAILED, unseen.phase());
    assertTrue(
        unseen.containers().get(0).state() instanceof Terminated end
            && end.exitCode() == 137
            && end.reason().equals("ContainerStatusUnknown"));
    var completed = new Terminated(0, "Completed", null, NOW, NOW);
    PodReport stopped = PodStatuses.ended(pod, report(Phase.RUNNING, completed, false), NOW);
    assertEquals(Phase.SUCCEEDED, stopped.phase());
    pod.getSpec().addInitContainersItem(new V1Container().name("init"));
    ContainerReport init = container("init", completed, true);
    PodReport initialized = new PodReport(Phase.PENDING, null, null, List.of(init), List.of());
    assertEquals(init, PodStatuses.ended(pod, initialized, NOW).containers().getFirst());
  }

  private JsonObject patch(V1PodStatus before, PodReport report) {
    return statuses.patch(pod, before, report, NOW);
  }

  private static PodReport report(Phase phase, State state, boolean ready) {
    return new PodReport(
        phase,
        null,
        null,
        List.of(
            new ContainerReport(
                "main", state, state instanceof Running, ready, 0, "sha256:1", null)),
        List.of());
  }

  private static V1PodStatus applied(JsonObject patch) {
    return JSON.getGson().fromJson(patch, V1PodStatus.class);
  }

  private static JsonObject condition(JsonObject status, String type) {
    for (JsonElement condition : status.getAsJsonArray("conditions")) {
      if (condition.getAsJsonObject().get("type").getAsString().equals(type)) {
        return condition.getAsJsonObject();
      }
    }
    return null;
  }
}
