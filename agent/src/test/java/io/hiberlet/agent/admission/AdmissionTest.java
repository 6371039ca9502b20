package io.hiberlet.agent.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmissionTest {
  private static final NodeFacts NODE =
      new NodeFacts(InetAddress.getLoopbackAddress(), 1500, 1L << 30);

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: ring
        namespace: ring-0
        uid: 00000000-0000-0000-0000-000000000001
        annotations:
          hiberlet.io/controller: v1
      spec:
        serviceAccountName: ring-operator
        containers:
        - name: operator
          image: registry.example/ring:1
          args: [--verbose]
          env:
          - {name: OUT, value: ring-1}
          - {name: IN, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
      """;

  private final Admission admission = new Admission(NODE, 64L << 20, Duration.ofSeconds(10));

  @Test
  void aControllerIsReadFromItsPod() throws RefusedException {
    PodSpec pod = admission.admit(parse(POD));
    ControllerSpec controller = pod.controllers().getFirst();
    assertEquals("ring-operator", pod.serviceAccount());
    assertEquals(RestartPolicy.ALWAYS, controller.restartPolicy());
    assertEquals("registry.example/ring:1", controller.image());
    assertNull(controller.moduleAnnotation());
    assertEquals(List.of("operator", "--verbose"), controller.args());
    assertEquals(
        List.of(new EnvSource.Text("OUT", "ring-1"), new EnvSource.Value("IN", "ring-0")),
        controller.env());
    assertNull(controller.workingDir());
    assertEquals(64L << 20, controller.memoryLimitBytes());
    assertEquals(Duration.ofSeconds(10), controller.idleAfter());
  }

  @Test
  void aStaticPodHasNoServiceAccountAndIsCritical() throws RefusedException {
    String pod =
        POD.replace("  serviceAccountName: ring-operator\n", "")
            .replace("annotations:\n", "annotations:\n    kubernetes.io/config.source: file\n");
    assertEquals("", admission.admit(parse(pod)).serviceAccount());
    assertEquals(2_000_000_000, admission.admit(parse(pod)).priority());
  }

  @Test
  void aStaticPodHasNoModuleFromAConfigMap() {
    String annotations =
        """
        annotations:
            kubernetes.io/config.source: file
            module.hiberlet.io/operator: configmap:ring/ring.wasm
        """;
    String pod = POD.replace("annotations:\n", annotations);
    RefusedException refused =
        assertThrows(RefusedException.class, () -> admission.admit(parse(pod)));
    assertEquals("Unsupported", refused.reason());
    assertTrue(refused.getMessage().endsWith("static pods may not reference configmaps"));
  }

  @Test
  void annotationsSayWhereTheModuleIsAndHowLongItStays() throws RefusedException {
    String annotations =
        """
            hiberlet.io/controller: v1
            hiberlet.io/module: configmap:ring/ring.wasm
            hiberlet.io/idle-after: 90s
        """;
    String pod = POD.replace("    hiberlet.io/controller: v1\n", annotations.indent(0));
    ControllerSpec controller = admission.admit(parse(pod)).controllers().getFirst();
    assertEquals("configmap:ring/ring.wasm", controller.moduleAnnotation());
    assertEquals(Duration.ofSeconds(90), controller.idleAfter());
  }

  @Test
  void initContainersAndSidecarsComeBeforeTheOthers() throws RefusedException {
    String init =
        """
          initContainers:
          - {name: side, image: a, restartPolicy: Always}
          - {name: init, image: b}
          - {name: once, image: c, restartPolicy: Never}
        """;
    List<ControllerSpec> controllers =
        admission.admit(parse(POD.replace("spec:\n", "spec:\n" + init))).controllers();
    assertEquals(
        List.of(
            "side SIDECAR ALWAYS",
            "init INIT ON_FAILURE",
            "once INIT NEVER",
            "operator MAIN ALWAYS"),
        controllers.stream()
            .map(each -> each.container() + " " + each.role() + " " + each.restartPolicy())
            .toList());
  }

  @Test
  void oneContainerMayHaveAModuleOfItsOwn() throws RefusedException {
    String annotations =
        """
            hiberlet.io/controller: v1
            hiberlet.io/module: file:all.wasm
            module.hiberlet.io/operator: file:one.wasm
        """;
    String pod = POD.replace("    hiberlet.io/controller: v1\n", annotations);
    assertEquals("file:one.wasm", admission.admit(parse(pod)).controllers().getFirst().module());
  }

  @Test
  void whatAContainerDoesNotLimitIsLimitedByItsPod() throws RefusedException {
    String pod =
        POD.replace("spec:\n", "spec:\n  resources: {limits: {cpu: 300m, memory: 2Mi}}\n")
            + "    resources: {limits: {memory: 1Mi}}\n  - {name: other, image: x}\n";
    List<ControllerSpec> controllers = admission.admit(parse(pod)).controllers();
    assertEquals(
        List.of(1L << 20, 2L << 20),
        controllers.stream().map(ControllerSpec::memoryLimitBytes).toList());
    assertEquals(List.of(0.3, 0.3), controllers.stream().map(ControllerSpec::cpuLimit).toList());
  }

  @Test
  void theTokenThatEveryPodGetsIsNoVolumeMount() throws RefusedException {
    String mount =
        POD
            + "    volumeMounts: [{name: kube-api-access-x, mountPath: "
            + "/var/run/secrets/kubernetes.io/serviceaccount}]\n"
            + "  volumes: [{name: kube-api-access-x, projected: {sources: []}}]\n";
    assertEquals(List.of(), admission.admit(parse(mount)).controllers().getFirst().mounts());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          controller: v1 | other: v1 | NotAController | needs the annotation hiberlet.io/controller: v1
          controller: v1 | controller: v7 | UnknownControllerABI | "v7"; this node knows v1
          args: [--verbose] | volumeMounts: [{name: d, mountPath: /data}] | Unsupported | mounts a volume that there is not: d
          args: [--verbose] | livenessProbe: {httpGet: {port: 80}} | Unsupported | livenessProbe: a guest has no sockets
          args: [--verbose] | readinessProbe: {tcpSocket: {port: 80}} | Unsupported | readinessProbe: a guest has no sockets
          args: [--verbose] | startupProbe: {grpc: {port: 80}} | Unsupported | startupProbe: a guest has no sockets
          args: [--verbose] | livenessProbe: {exec: {command: [hiberlet, suspend]}} | Unsupported | no other than [hiberlet, probe]
          args: [--verbose] | workingDir: data | InvalidWorkingDir | must be an absolute path, not "data"
          args: [--verbose] | resources: {limits: {memory: 1Ki}} | MemoryLimitTooSmall | less than one Wasm page
          metadata.namespace | status.phase | CreateContainerConfigError | env IN: fieldRef status.phase is not supported
          serviceAccountName: | hostNetwork: true # | Unsupported | hostNetwork
          serviceAccountName: | resourceClaims: [{name: gpu, resourceClaimName: gpu}] # | Unsupported | resourceClaims are not supported
          """)
  void whatCannotRunHereIsRefusedInWords(String text, String by, String reason, String message) {
    V1Pod pod = parse(POD.replace(text, by));
    RefusedException refused = assertThrows(RefusedException.class, () -> admission.admit(pod));
    assertEquals(reason, refused.reason());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  private static V1Pod parse(String yaml) {
    try {
      return (V1Pod) Yaml.load(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
