package io.hiberlet.agent.eviction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.Shortage.Resource;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvictionFieldsTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {namespace: ns, name: a, uid: u}
      spec:
        initContainers:
        - {name: init, resources: {requests: {memory: INIT}}}
        - {name: side, restartPolicy: Always, resources: {requests: {memory: 2Ki}}}
        containers:
        - {name: one, resources: {requests: {memory: 4Ki}}}
        - {name: two}
      """;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "All that run together count, 1Ki, {}, 6144",
    "An init container that needs more alone counts for all, 1Mi, {}, 1048576",
    "What the pod says counts for all, 1Mi, {requests: {memory: 3Ki}}, 3072",
    "A limit of the pod is no request, 1Ki, {limits: {memory: 3Ki}}, 6144",
  })
  void addsUpWhatIsRequested(String rule, String init, String ofPod, long expected)
      throws IOException {
    String text =
        POD.replace("INIT", init).replace("spec:\n", "spec:\n  resources: " + ofPod + "\n");
    V1Pod pod = (V1Pod) Yaml.load(text);
    assertEquals(expected, EvictionFields.usage(pod, Resource.MEMORY, 7).requestedBytes(), rule);
  }
}
