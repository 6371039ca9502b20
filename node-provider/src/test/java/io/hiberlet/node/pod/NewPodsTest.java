package io.hiberlet.node.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Phase;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewPodsTest {
  private static final String BEST_EFFORT = "spec: {containers: [{name: c}]}";
  private static final String BURSTABLE =
      "spec: {containers: [{name: c, resources: {requests: {memory: 1Mi}}}]}";
  private static final String CRITICAL = "spec: {priority: 2000000000, containers: [{name: c}]}";
  private static final String STATIC =
      "{metadata: {annotations: {kubernetes.io/config.source: file}}, spec: {containers: []}}";

  @ParameterizedTest
  @ValueSource(strings = {BEST_EFFORT, BURSTABLE, CRITICAL, STATIC})
  void withoutPressureAllAreTaken(String pod) {
    assertEquals(Optional.empty(), refusal(pod));
  }

  @ParameterizedTest(name = "memory is short: {1} for {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spec: {containers: [{name: c}]}                                                     | false
          spec: {containers: [{name: c, resources: {requests: {memory: 1Mi}}}]}               | true
          spec: {containers: [{name: c, resources: {limits: {cpu: 1m}}}]}                     | true
          spec: {containers: [{name: c, resources: {requests: {memory: 0}}}]}                 | false
          spec: {containers: [{name: c, resources: {requests: {ephemeral-storage: 1Mi}}}]}    | false
          {status: {qosClass: Burstable}, spec: {containers: [{name: c}]}}                    | true
          {status: {qosClass: BestEffort}, spec: {containers: [{name: c}]}}                   | false
          spec: {priority: 2000000000, containers: []}                                        | true
          spec: {priority: 1999999999, containers: []}                                        | false
          spec: {containers: [], tolerations: [{operator: Exists}]}                           | true
          spec: {containers: [], tolerations: [{operator: Exists, effect: NoExecute}]}        | false
          spec: {containers: [], tolerations: [{key: node.kubernetes.io/memory-pressure}]}    | true
          spec: {containers: [], tolerations: [{key: node.kubernetes.io/memory-pressure, value: x}]} | false
          spec: {containers: [], tolerations: [{key: node.kubernetes.io/disk-pressure, operator: Exists}]} | false
          """)
  void memoryPressureKeepsAwayWhoAsksForNothing(String pod, boolean taken) {
    assertEquals(taken, refusal(pod, "MemoryPressure").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DiskPressure", "PIDPressure"})
  void otherPressuresKeepAwayAllButCriticalPods(String pressure) {
    assertEquals(
        Optional.of(
            new PodReport(
                Phase.FAILED,
                "Evicted",
                "Pod was rejected: The node had condition: [%s].".formatted(pressure),
                List.of(),
                List.of())),
        refusal(BURSTABLE, pressure));
    assertEquals(Optional.empty(), refusal(CRITICAL, pressure));
    assertEquals(Optional.empty(), refusal(STATIC, pressure));
  }

  @Test
  void namesAllPressures() {
    assertEquals(
        "Pod was rejected: The node had condition: [MemoryPressure DiskPressure].",
        refusal(BURSTABLE, "MemoryPressure", "DiskPressure").orElseThrow().message());
  }

  @ParameterizedTest
  @ValueSource(strings = {BEST_EFFORT, BURSTABLE, CRITICAL, STATIC})
  void aNodeThatShutsDownTakesNone(String pod) {
    var newPods = new NewPods(List::of);
    newPods.refuseAll();
    assertEquals("NodeShutdown", newPods.refusal(parse(pod)).orElseThrow().reason());
  }

  private static Optional<PodReport> refusal(String pod, String... pressures) {
    return new NewPods(() -> List.of(pressures)).refusal(parse(pod)).map(NewPods.Refusal::report);
  }

  private static V1Pod parse(String pod) {
    V1Pod parsed = Yaml.loadAs(pod, V1Pod.class);
    return parsed.getMetadata() == null ? parsed.metadata(new V1ObjectMeta()) : parsed;
  }
}
