package io.hiberlet.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigFileTest {

  private static final AgentConfig DEFAULTS =
      new AgentConfig(
          new AgentConfig.Node(
              "edge-1",
              InetAddress.ofLiteral("192.0.2.7"),
              10250,
              Map.of(),
              new AgentConfig.Capacity(2000, 1L << 30, 110),
              EvictionThresholds.DEFAULTS),
          Path.of("/var/lib/hiberlet"),
          Path.of("/k"),
          Optional.empty(),
          Optional.empty(),
          new AgentConfig.Modules(
              Optional.empty(),
              64 << 20,
              new AgentConfig.Images(
                  List.of(),
                  Map.of(),
                  Map.of(),
                  Optional.empty(),
                  new AgentConfig.Verification("NeverVerifyPreloadedImages", List.of()),
                  256 << 20,
                  Duration.ofMinutes(2)),
              512 << 20,
              Duration.ofMinutes(15),
              new AgentConfig.GarbageCollection(85, 80, Duration.ofMinutes(2), Optional.empty())),
          new AgentConfig.GuestRuntime(
              Duration.ofSeconds(30), Duration.ofMinutes(10), 2, 64 << 20, 128 << 20),
          new AgentConfig.Hibernation(true, Duration.ofSeconds(10)),
          new AgentConfig.Volumes(64 << 20, List.of()),
          new AgentConfig.Api(Optional.empty()),
          new AgentConfig.Limits(1 << 20, 64 << 10, 64 << 10, 8 << 20, 8 << 20, 256, 256 << 10));

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("agent.yaml");
  }

  @Test
  void everyValueHasItsDefault() throws Exception {
    Overrides flags = new Overrides(Path.of("/k"), null, null, null, null, null);
    assertEquals(DEFAULTS, AgentConfigFile.load(Optional.empty(), flags, new FakeHost()));
    assertEquals(DEFAULTS, load("kubeconfig: /k"));
    assertEquals(
        DEFAULTS,
        load("kubeconfig: /k\nnode:\nmodules: {}\nruntime: ~\nhibernation:\napi:\nlimits:\n"));
  }

  @Test
  void everyValueCanBeSet() throws Exception {
    AgentConfig config =
        load(
            """
            kubeconfig: /etc/hiberlet/kubeconfig
            bootstrapKubeconfig: bootstrap-kubeconfig
            staticPodPath: pods
            dataDir: data
            node:
              name: edge-2.example.com
              ip: 2001:db8::1
              port: 10251
              labels:
                example.com/site: north
                topology.kubernetes.io/zone: shed
                example.node.kubernetes.io/shelf: "3"
                empty: ""
              capacity:
                cpu: 500m
                memory: 512Mi
                pods: 20
              evictionHard:
                memory.available: 5%
                nodefs.available: 1Gi
            modules:
              fileRoot: /srv/modules
              maxBytes: 32Mi
              insecureRegistries:
                - registry.lan:5000
                - localhost:5001
              mirrors:
                docker.io: [mirror.lan:5000, harbor.lan/docker-hub]
              registryCaFiles:
                harbor.lan: /etc/hiberlet/lan-ca.crt
                registry.lan:5001: lan-ca.crt
              credentialsFile: registry.json
              imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages
              preloadedImagesVerificationAllowlist: [harbor.lan/edge/*]
              maxImageBytes: 100Mi
              pullTimeout: 1m30s
              compilerMemory: 128Mi
              compilerTimeout: 30s
              imageGCHighThresholdPercent: 70
              imageGCLowThresholdPercent: 60
              imageMinimumGCAge: 1h
              imageMaximumGCAge: 720h
            runtime:
              wakeTimeout: 5s
              commandTimeout: 2m
              threads: 3
              defaultMemoryLimit: 16Mi
              residentMemory: 48Mi
            hibernation:
              enabled: false
              idleAfter: 250ms
            volumes:
              emptyDirLimit: 1Mi
              hostPaths: [{path: /srv/data, readOnly: true}, {path: /srv/more}]
            api:
              clientCaFile: ca.crt
            limits:
              request: 512Ki
              requestHead: 32Ki
              responseHead: 16Ki
              responseBody: 4Mi
              watchLine: 2Mi
              pendingOperations: 64
              undelivered: 128Ki
            """);
    assertEquals(
        new AgentConfig(
            new AgentConfig.Node(
                "edge-2.example.com",
                InetAddress.ofLiteral("2001:db8::1"),
                10251,
                Map.of(
                    "example.com/site",
                    "north",
                    "topology.kubernetes.io/zone",
                    "shed",
                    "example.node.kubernetes.io/shelf",
                    "3",
                    "empty",
                    ""),
                new AgentConfig.Capacity(500, 512 << 20, 20),
                new EvictionThresholds(
                    Threshold.ofPercent(5),
                    Threshold.ofAmount(1 << 30),
                    EvictionThresholds.DEFAULTS.threads())),
            folder.resolve("data"),
            Path.of("/etc/hiberlet/kubeconfig"),
            Optional.of(folder.resolve("bootstrap-kubeconfig")),
            Optional.of(folder.resolve("pods")),
            new AgentConfig.Modules(
                Optional.of(Path.of("/srv/modules")),
                32 << 20,
                new AgentConfig.Images(
                    List.of("registry.lan:5000", "localhost:5001"),
                    Map.of("docker.io", List.of("mirror.lan:5000", "harbor.lan/docker-hub")),
                    Map.of(
                        "harbor.lan", Path.of("/etc/hiberlet/lan-ca.crt"),
                        "registry.lan:5001", folder.resolve("lan-ca.crt")),
                    Optional.of(folder.resolve("registry.json")),
                    new AgentConfig.Verification(
                        "NeverVerifyAllowlistedImages", List.of("harbor.lan/edge/*")),
                    100 << 20,
                    Duration.ofSeconds(90)),
                128 << 20,
                Duration.ofSeconds(30),
                new AgentConfig.GarbageCollection(
                    70, 60, Duration.ofHours(1), Optional.of(Duration.ofHours(720)))),
            new AgentConfig.GuestRuntime(
                Duration.ofSeconds(5), Duration.ofMinutes(2), 3, 16 << 20, 48 << 20),
            new AgentConfig.Hibernation(false, Duration.ofMillis(250)),
            new AgentConfig.Volumes(
                1 << 20,
                List.of(
                    new AgentConfig.HostPath(Path.of("/srv/data"), true),
                    new AgentConfig.HostPath(Path.of("/srv/more"), false))),
            new AgentConfig.Api(Optional.of(folder.resolve("ca.crt"))),
            new AgentConfig.Limits(512 << 10, 32 << 10, 16 << 10, 4 << 20, 2 << 20, 64, 128 << 10)),
        config);
  }

  @Test
  void theFlagsWin() throws Exception {
    Files.writeString(
        file,
        """
        kubeconfig: /file
        bootstrapKubeconfig: /file
        dataDir: /file
        node: {name: file, ip: 192.0.2.1, port: 1}
        """);
    Overrides flags =
        new Overrides(
            Path.of("/flag"),
            Path.of("/flag-bootstrap"),
            "flag",
            Path.of("/flag-data"),
            InetAddress.ofLiteral("192.0.2.2"),
            2);
    AgentConfig config = AgentConfigFile.load(Optional.of(file), flags, new FakeHost());
    assertEquals(Path.of("/flag"), config.kubeconfig());
    assertEquals(Optional.of(Path.of("/flag-bootstrap")), config.bootstrapKubeconfig());
    assertEquals(Path.of("/flag-data"), config.dataDir());
    assertEquals("flag", config.node().name());
    assertEquals(InetAddress.ofLiteral("192.0.2.2"), config.node().ip());
    assertEquals(2, config.node().port());
  }

  @Test
  void aNodeThatJoinsByItselfKeepsItsKubeconfigWithItsData() throws Exception {
    AgentConfig config = load("bootstrapKubeconfig: /b\ndataDir: /data\n");
    assertEquals(Path.of("/data/kubeconfig"), config.kubeconfig());
    assertEquals(Optional.of(Path.of("/b")), config.bootstrapKubeconfig());
  }

  @Test
  void asksForItsAddressByTheKubeconfigThatExists() throws Exception {
    Path own = folder.resolve("own");
    String text = "kubeconfig: own\nbootstrapKubeconfig: bootstrap\n";
    FakeHost host = new FakeHost();
    load(text, host);
    assertEquals(folder.resolve("bootstrap"), host.askedFor());
    Files.writeString(own, "");
    load(text, host);
    assertEquals(own, host.askedFor());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "node:\\n  nmae: x | 2: unknown key 'node.nmae'; did you mean 'node.name'?",
        "hibernate: {} | 1: unknown key 'hibernate'; did you mean 'hibernation'?",
        "datadir: /x | 1: unknown key 'datadir'; did you mean 'dataDir'?",
        "api: {port: 5} | 1: unknown key 'api.port'; known here: clientCaFile",
        "dataDir: /a\\ndataDir: /b | 2: dataDir is given twice",
        "node: edge | 1: node must be a mapping of keys to values",
        "- a | 1: the file must be a mapping of keys to values",
        "dataDir: [a] | 1: dataDir must be a single value",
        "dataDir: 5 | 1: dataDir must be a text; write it in quotes: \"5\"",
        "node:\\n  port: ten | 2: node.port: 'ten' is not a whole number",
        "node:\\n  port: 70000 | 2: node.port must be within 0 and 65535, not 70000",
        "node:\\n  ip: edge.lan | 2: node.ip: 'edge.lan' is not an IP address",
        "node:\\n"
            + "  name: Edge_1 | 2: node.name: 'Edge_1' is not a node's name: lower-case letters,"
            + " digits, '-' and '.'",
        "node:\\n"
            + "  evictionHard:\\n"
            + "    nodefs.available: 100% | 3: node.evictionHard.nodefs.available: '100%' is not"
            + " what must be left, such as 100Mi or 10%",
        "node:\\n"
            + "  evictionHard:\\n"
            + "    pid.available: 1Gi | 3: node.evictionHard.pid.available: '1Gi' is not what must"
            + " be left, such as 1000 or 10%",
        "node:\\n"
            + "  evictionHard:\\n"
            + "    nodefs.inodesFree: 5% | 3: unknown key 'node.evictionHard.nodefs.inodesFree';"
            + " known here: memory.available, nodefs.available, pid.available",
        "node:\\n  labels:\\n    a: yes! no | 3: 'yes! no' is not a label's value",
        "node:\\n  labels:\\n    /a: b | 3: '/a' is not a label's key",
        "node:\\n"
            + "  labels:\\n"
            + "    node-role.kubernetes.io/edge: x | 3: a node may not give itself the label"
            + " 'node-role.kubernetes.io/edge' (NodeRestriction)",
        "node:\\n"
            + "  labels:\\n"
            + "    a.k8s.io/b: x | 3: a node may not give itself the label 'a.k8s.io/b'"
            + " (NodeRestriction)",
        "node:\\n"
            + "  labels:\\n"
            + "    a: true | 3: node.labels.a must be a text; write it in quotes: \"true\"",
        "hibernation:\\n  enabled: on | 2: hibernation.enabled must be true or false, not 'on'",
        "hibernation:\\n"
            + "  enabled: \"true\" | 2: hibernation.enabled must be true or false, not 'true'",
        "hibernation:\\n"
            + "  idleAfter: 10 | 2: hibernation.idleAfter: '10' is not a time span such as 10s or"
            + " 5m",
        "runtime:\\n  wakeTimeout: 2h | 2: runtime.wakeTimeout must be within 10ms and 1h, not 2h",
        "runtime:\\n"
            + "  defaultMemoryLimit: 64MB | 2: runtime.defaultMemoryLimit: '64MB' is not a size"
            + " such as 64Mi or 1Gi",
        "modules:\\n  maxBytes: 2Gi | 2: modules.maxBytes must be within 1Ki and 1Gi, not 2Gi",
        "modules:\\n"
            + "  compilerMemory: 1Mi | 2: modules.compilerMemory must be within 64Mi and 64Gi, not"
            + " 1Mi",
        "limits:\\n  request: 1 | 2: limits.request must be within 1Ki and 16Mi, not 1",
      })
  void whatMakesNoSenseIsRefusedWithItsLine(String text, String message) {
    assertRefused(text.replace("\\n", "\n") + "\n", file + ":" + message);
  }

  @Test
  void anAliasThatHoldsItselfIsRefusedAsAnythingElse() {
    assertRefused(
        "node: &n\n  labels: *n\n", file + ":1: node.labels.labels must be a single value");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsLine() {
    assertRefused(
        "node:\n  name: 'x\n", file + ":3: not valid YAML: found unexpected end of stream");
    assertRefused(
        "dataDir: /a\n---\ndataDir: /b\n", file + ":2: not valid YAML: but found another document");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertEquals(
        "there is no configuration file " + file,
        assertThrows(
                ConfigException.class,
                () -> AgentConfigFile.load(Optional.of(file), Overrides.NONE, new FakeHost()))
            .getMessage());
    assertRefused(
        "node: {name: x}\n",
        "no kubeconfig: give --kubeconfig FILE, --bootstrap-kubeconfig FILE, or one of the keys"
            + " kubeconfig and bootstrapKubeconfig in the configuration file");
  }

  @Test
  void theShippedFileHoldsTheDefaultsAndKnownKeysOnly() throws Exception {
    Path shipped =
        Path.of(System.getProperty("hiberlet.root"), "agent/src/main/dist/conf/agent.yaml");
    Overrides flags = new Overrides(Path.of("/k"), null, null, null, null, null);
    assertEquals(DEFAULTS, AgentConfigFile.load(Optional.of(shipped), flags, new FakeHost()));

    String all = Files.readString(shipped).replaceAll("(?m)^( *)#   (\\w+: )", "$1$2");
    assertEquals(Path.of("/etc/hiberlet/kubeconfig"), load(all).kubeconfig());
    assertEquals(500, load(all).node().capacity().cpuMillis());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {path: data}       | volumes.hostPaths[0].path: 'data' is not an absolute path without '.' and '..'
          {path: /a/../b}    | volumes.hostPaths[0].path: '/a/../b' is not an absolute path without '.' and '..'
          {path: /a, ro: no} | unknown key 'volumes.hostPaths[0].ro'; known here: path, readOnly
          x                  | volumes.hostPaths[0] must be a mapping of keys to values
          """)
  void refusesHostPathsThatAreNone(String entry, String message) {
    assertRefused("volumes:\n  hostPaths:\n  - " + entry + "\n", file + ":3: " + message);
  }

  @Test
  void aHostPathNeedsAPath() {
    assertRefused(
        "volumes: {hostPaths: [{readOnly: true}]}",
        file + ": volumes.hostPaths[0].path must name a folder or file");
  }

  private AgentConfig load(String text) throws ConfigException, IOException {
    return load(text, new FakeHost());
  }

  private AgentConfig load(String text, Host host) throws ConfigException, IOException {
    Files.writeString(file, text);
    return AgentConfigFile.load(Optional.of(file), Overrides.NONE, host);
  }

  private void assertRefused(String text, String message) {
    assertEquals(message, assertThrows(ConfigException.class, () -> load(text)).getMessage());
  }
}
