package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.RealControlPlane;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import io.hiberlet.node.api.auth.Authenticator;
import io.hiberlet.node.api.auth.CertificateAuthenticator;
import io.hiberlet.node.api.auth.SubjectAccessReviewAuthorizer;
import io.hiberlet.node.api.auth.TokenReviewAuthenticator;
import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogReader;
import io.hiberlet.node.log.LogStore;
import io.hiberlet.node.log.NextRun;
import io.hiberlet.node.log.Stream;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kubectl, a real API server and this server: a node and a pod bound to it are made by hand, and
 * authentication and authorization ask the API server.
 */
@Tag("cluster")
@Timeout(120)
class RealClusterKubectlTest {

  private static final String NODE = "kubelet-api-test";

  @TempDir static Path dir;

  private static final IoEventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final FakeContainers CONTAINERS = new FakeContainers();
  private static final LogLimits SMALL = new LogLimits(500, 3, 1000);
  private static RealControlPlane cluster;
  private static KubeletServer server;
  private static ContainerLog log;

  @BeforeAll
  static void startNode() throws Exception {
    cluster = RealControlPlane.shared();
    ApiClient client;
    try (var config = Files.newBufferedReader(cluster.adminKubeconfig())) {
      client = ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(config)).build();
    }
    var serving = TestAuthority.load(cluster.caCertificate(), cluster.caKey()).issueServer();
    var clientCa = TestAuthority.loadCertificate(cluster.kubeletClientCaCertificate());
    server =
        new KubeletServer(
            LOOPS,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new ServerTls(new FixedIdentity(serving), () -> List.of(clientCa)),
            new AccessControl(
                Authenticator.firstOf(
                    new CertificateAuthenticator(), new TokenReviewAuthenticator(client)),
                new SubjectAccessReviewAuthorizer(client, NODE)),
            FakePods.content(CONTAINERS),
            RequestListener.NONE,
            ServerLimits.DEFAULTS);
    log = new LogStore(LogLimits.KUBELET_DEFAULTS).open(() -> dir.resolve("log"), 0);
    CONTAINERS.logs = (request, to) -> LogReader.copy(log, request, NextRun.NONE, to);
    registerNodeAndPod();
  }

  @AfterAll
  static void stopNode() throws Exception {
    kubectl("delete", "pod", "ring", "--force", "--grace-period=0");
    kubectl("delete", "node", NODE);
    server.close();
    log.close();
    LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
  }

  @Test
  void logsAreShownAndFollowed() throws Exception {
    OutputStream stdout = log.stream(Stream.STDOUT);
    stdout.write("first\nsecond\n".getBytes(UTF_8));
    assertEquals("first\nsecond\n", kubectl("logs", "ring").stdout);
    assertEquals("second\n", kubectl("logs", "ring", "--tail=1").stdout);

    Process following = start("logs", "-f", "ring", "--tail=1");
    try (var lines = new BufferedReader(new InputStreamReader(following.getInputStream(), UTF_8))) {
      assertEquals("second", lines.readLine());
      stdout.write("third\n".getBytes(UTF_8));
      assertEquals("third", lines.readLine());
    } finally {
      following.destroy();
    }
    assertTrue(
        kubectl("logs", "ring", "--previous").stderr.contains("previous terminated container"));
  }

  @Test
  void everyOptionOfLogsShowsWhatTheFilesHold() throws Exception {
    Path folder = dir.resolve("truth");
    LogTruth truth = LogTruth.write(folder);
    FakeContainers.Logs before = CONTAINERS.logs;
    try (ContainerLog written = new LogStore(SMALL).open(() -> folder, 1)) {
      CONTAINERS.logs = (request, to) -> LogReader.copy(written, request, NextRun.NONE, to);
      String all = text(truth.current());
      assertEquals(all, logs());
      assertEquals(text(truth.last(7)), logs("--tail=7"));
      assertEquals("", logs("--tail=0"));
      assertEquals(all, logs("--tail=1000"));
      assertEquals(
          truth.last(12).stream().map(line -> line.stamped() + "\n").collect(joining()),
          logs("--tail=12", "--timestamps"));
      Instant moment = truth.current().get(17).time();
      assertEquals(text(truth.since(moment)), logs("--since-time=" + moment));
      assertEquals("", logs("--since=1s"));
      assertEquals(all, logs("--since=999999h"));
      assertEquals(all.substring(0, 123), logs("--limit-bytes=123"));
      assertEquals(text(truth.last(9)).substring(0, 20), logs("--tail=9", "--limit-bytes=20"));
      assertEquals(text(truth.previous()), logs("--previous"));
    } finally {
      CONTAINERS.logs = before;
    }
  }

  @Test
  void followedLogsOutliveRotationsAndEndWithTheContainer() throws Exception {
    FakeContainers.Logs before = CONTAINERS.logs;
    Process following;
    try (ContainerLog written = new LogStore(SMALL).open(() -> dir.resolve("rotated"), 0)) {
      CONTAINERS.logs = (request, to) -> LogReader.copy(written, request, NextRun.NONE, to);
      OutputStream stdout = written.stream(Stream.STDOUT);
      following = start("logs", "-f", "ring");
      var lines = new BufferedReader(new InputStreamReader(following.getInputStream(), UTF_8));
      for (int i = 0; i < 100; i++) {
        print(stdout, "line %d of several files, of which only few are kept\n".formatted(i));
        assertEquals(
            "line %d of several files, of which only few are kept".formatted(i), lines.readLine());
      }
      assertTrue(kubectl("logs", "ring").stdout.lines().count() < 100, "nothing was rotated away");
    } finally {
      CONTAINERS.logs = before;
    }
    assertTrue(following.waitFor(30, TimeUnit.SECONDS), "kubectl goes on");
    assertEquals(0, following.exitValue());
  }

  private static String logs(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("logs", "ring"));
    words.addAll(List.of(options));
    Result shown = kubectl(words.toArray(String[]::new));
    assertEquals(0, shown.exitCode, shown.stderr);
    return shown.stdout;
  }

  private static String text(List<LogTruth.Line> lines) {
    return lines.stream().map(line -> line.text() + "\n").collect(joining());
  }

  @Test
  void execRunsACommandAndTellsItsExitCode() throws Exception {
    CONTAINERS.command =
        (request, streams) -> {
          print(streams.stdout(), "hello " + request.command() + "\n");
          print(streams.stderr(), "and a warning\n");
          return 0;
        };
    Result succeeded = kubectl("exec", "ring", "--", "greet", "two words");
    assertEquals(0, succeeded.exitCode, succeeded.stderr);
    assertEquals("hello [greet, two words]\n", succeeded.stdout);
    assertTrue(succeeded.stderr.contains("and a warning"), succeeded.stderr);

    CONTAINERS.command = (request, streams) -> 42;
    assertEquals(42, kubectl("exec", "ring", "--", "fail").exitCode);
  }

  @Test
  void execCarriesStandardInputBothWays() throws Exception {
    CONTAINERS.command = RealClusterKubectlTest::echo;
    byte[] sent = new byte[8 << 20];
    new java.util.Random(7).nextBytes(sent);
    Path in = Files.write(dir.resolve("in"), sent);
    Path out = dir.resolve("out");
    Process process =
        new ProcessBuilder(command("exec", "-i", "ring", "--", "cat"))
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(dir.resolve("err").toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), Files.readString(dir.resolve("err")));
    assertEquals(-1, Files.mismatch(in, out));
  }

  @Test
  void aKilledKubectlInterruptsTheCommand() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CONTAINERS.command =
        (request, streams) -> {
          running.countDown();
          try {
            new CountDownLatch(1).await();
            return 0;
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        };
    Process process = start("exec", "ring", "--", "sleep");
    assertTrue(running.await(20, TimeUnit.SECONDS));
    process.destroyForcibly();
    assertTrue(interrupted.await(20, TimeUnit.SECONDS));
  }

  @Test
  void whatIsMissingIsToldToTheUser() throws Exception {
    CONTAINERS.command =
        (request, streams) -> {
          throw new IOException("no handler for commands");
        };
    Result failed = kubectl("exec", "ring", "--", "x");
    assertEquals(1, failed.exitCode);
    assertTrue(failed.stderr.contains("no handler for commands"), failed.stderr);
  }

  @Test
  void attachShowsBothStreamsAndEndsWithTheContainer() throws Exception {
    CONTAINERS.attachment =
        (container, tty, streams) -> {
          print(streams.stdout(), "said\n");
          print(streams.stderr(), "complained\n");
        };
    Result attached = kubectl("attach", "ring");
    assertEquals(0, attached.exitCode, attached.stderr);
    assertEquals("said\n", attached.stdout);
    assertTrue(attached.stderr.contains("complained\n"), attached.stderr);
    Result withInput = kubectl("attach", "-i", "ring");
    assertEquals(0, withInput.exitCode, withInput.stderr);
    assertEquals("said\n", withInput.stdout);
  }

  private static int echo(ExecRequest request, ExecStreams streams) throws IOException {
    streams.stdin().transferTo(streams.stdout());
    return 0;
  }

  private static void print(OutputStream to, String text) throws IOException {
    to.write(text.getBytes(UTF_8));
  }

  private static void registerNodeAndPod() throws Exception {
    apply(
        """
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"%s"},
         "spec":{"taints":[{"key":"test","effect":"NoSchedule"}]}}
        """
            .formatted(NODE));
    String status =
        """
        {"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],
         "daemonEndpoints":{"kubeletEndpoint":{"Port":%d}}}}
        """
            .formatted(server.port());
    Path patch = Files.writeString(dir.resolve("patch.json"), status);
    Result patched =
        kubectl(
            "patch", "node", NODE, "--subresource=status", "--type=merge", "--patch-file=" + patch);
    assertEquals(0, patched.exitCode, patched.stderr);
    apply(
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"ring","namespace":"default"},
         "spec":{"nodeName":"%s","automountServiceAccountToken":false,
          "tolerations":[{"operator":"Exists"}],
          "containers":[{"name":"main","image":"none.invalid/none"}]}}
        """
            .formatted(NODE));
  }

  private static void apply(String manifest) throws Exception {
    Path file = Files.writeString(Files.createTempFile(dir, "manifest", ".json"), manifest);
    Result applied = kubectl("apply", "-f", file.toString());
    assertEquals(0, applied.exitCode, applied.stderr);
  }

  private record Result(int exitCode, String stdout, String stderr) {}

  private static Result kubectl(String... arguments) throws Exception {
    Path out = Files.createTempFile(dir, "stdout", "");
    Path err = Files.createTempFile(dir, "stderr", "");
    Process process =
        new ProcessBuilder(command(arguments))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "kubectl hangs: " + List.of(arguments));
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static Process start(String... arguments) throws IOException {
    return new ProcessBuilder(command(arguments))
        .redirectError(dir.resolve("stderr").toFile())
        .start();
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add("kubectl");
    command.add("--kubeconfig=" + cluster.adminKubeconfig());
    command.addAll(List.of(arguments));
    return command;
  }
}
