package io.hiberlet.agent.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.object.ObjectName;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where variables come from, and what the Downward API says. */
final class EnvSourcesTest {
  private static final NodeFacts NODE =
      new NodeFacts(InetAddress.ofLiteral("10.0.0.7"), 1500, 1L << 30);
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: ring
        namespace: ring-0
        uid: a-uid
        labels: {app: ring, example.com/tier: back}
        annotations: {note: "two words"}
      spec:
        nodeName: edge
        serviceAccountName: operator
        containers:
        - name: small
          image: x
          resources: {limits: {cpu: 250m, memory: 10Mi}, requests: {cpu: 100m}}
          ENV
        - name: unlimited
          image: x
      """;

  private static List<EnvSource> read(String env) throws RefusedException {
    return read(POD, env);
  }

  private static List<EnvSource> read(String template, String env) throws RefusedException {
    V1Pod pod;
    try {
      pod = (V1Pod) Yaml.load(template.replace("ENV", env));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new EnvSources(pod, NODE).of(pod.getSpec().getContainers().getFirst());
  }

  @Test
  void envFromComesFirstAndAllInOrder() throws RefusedException {
    List<EnvSource> sources =
        read(
            "env: [{name: A, value: $(B)}, {name: E},"
                + " {name: C, valueFrom: {configMapKeyRef: {name: c, key: k}}},"
                + " {name: S, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]"
                + "\n    envFrom: [{prefix: P_, configMapRef: {name: all}},"
                + " {secretRef: {name: hidden, optional: true}}]");
    assertEquals(
        List.of(
            new EnvSource.AllKeys(ObjectName.configMap("ring-0", "all"), "P_", false),
            new EnvSource.AllKeys(ObjectName.secret("ring-0", "hidden"), "", true),
            new EnvSource.Text("A", "$(B)"),
            new EnvSource.Text("E", ""),
            new EnvSource.Key("C", ObjectName.configMap("ring-0", "c"), "k", false),
            new EnvSource.Key("S", ObjectName.secret("ring-0", "s"), "k", true)),
        sources);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          metadata.name                          | ring
          metadata.namespace                     | ring-0
          metadata.uid                           | a-uid
          metadata.labels['app']                 | ring
          metadata.labels['example.com/tier']    | back
          metadata.labels['absent']              | ''
          metadata.annotations['note']           | two words
          spec.nodeName                          | edge
          spec.serviceAccountName                | operator
          status.hostIP                          | 10.0.0.7
          status.hostIPs                         | 10.0.0.7
          status.podIP                           | 10.0.0.7
          status.podIPs                          | 10.0.0.7
          """)
  void fieldsOfThePod(String path, String value) throws RefusedException {
    String env = "env: [{name: F, valueFrom: {fieldRef: {fieldPath: \"%s\"}}}]".formatted(path);
    assertEquals(List.of(new EnvSource.Value("F", value)), read(env));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          resource: limits.cpu                                             | 1
          resource: limits.cpu, divisor: 1m                                | 250
          resource: requests.cpu, divisor: 1m                              | 100
          resource: requests.memory                                        | 0
          resource: limits.memory                                          | 10485760
          resource: limits.memory, divisor: 1Mi                            | 10
          resource: limits.memory, divisor: 3Mi                            | 4
          resource: limits.memory, containerName: unlimited, divisor: 1Mi  | 1024
          resource: limits.cpu, containerName: unlimited                   | 2
          resource: limits.cpu, containerName: unlimited, divisor: 1m      | 1500
          resource: limits.ephemeral-storage                               | 0
          """)
  void resourcesOfAContainerAreDividedAndRoundedUp(String field, String value)
      throws RefusedException {
    assertEquals(
        List.of(new EnvSource.Value("R", value)),
        read("env: [{name: R, valueFrom: {resourceFieldRef: {%s}}}]".formatted(field)));
  }

  @Test
  void aLimitThatAContainerDoesNotSetIsThatOfItsPod() throws RefusedException {
    String template = POD.replace("spec:\n", "spec:\n  resources: {limits: {memory: 20Mi}}\n");
    String env = "env: [{name: R, valueFrom: {resourceFieldRef: {%s}}}]";
    String unlimited = "containerName: unlimited, divisor: 1Mi, resource: limits.memory";
    assertEquals(List.of(new EnvSource.Value("R", "20")), read(template, env.formatted(unlimited)));
    assertEquals(
        List.of(new EnvSource.Value("R", "10485760")),
        read(template, env.formatted("resource: limits.memory")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fieldRef: {fieldPath: metadata.labels}                         | fieldRef metadata.labels
          fieldRef: {fieldPath: "spec.x['y']"}                           | fieldRef spec.x['y']
          resourceFieldRef: {resource: limits.hugepages-2Mi}             | limits.hugepages-2Mi
          resourceFieldRef: {resource: cpu}                              | resourceFieldRef cpu
          resourceFieldRef: {containerName: absent, resource: limits.cpu} | resourceFieldRef limits.cpu
          fileKeyRef: {path: x}                                          | this valueFrom
          """)
  void whatThereIsNotIsRefused(String from, String message) {
    var refused =
        assertThrows(
            RefusedException.class,
            () -> read("env: [{name: V, valueFrom: {%s}}]".formatted(from)));
    assertEquals("CreateContainerConfigError", refused.reason());
    assertTrue(refused.getMessage().contains("env V: "), refused.getMessage());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }
}
