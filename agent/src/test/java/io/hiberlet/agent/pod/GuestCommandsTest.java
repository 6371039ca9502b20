package io.hiberlet.agent.pod;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.execution.GuestThreads;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.runtime.GuestModule;
import io.hiberlet.agent.runtime.ModuleLimits;
import io.hiberlet.agent.runtime.TestModules;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.ExecStreams;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReporter;
import io.hiberlet.node.TerminalSizes;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogStore;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Yaml;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands in real guests, as the kubelet API gives them. */
@Timeout(60)
final class GuestCommandsTest {
  private static final int PODS = 200;
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: NAME
        namespace: ns
        uid: uid-NAME
        annotations: {hiberlet.io/controller: v1, hiberlet.io/idle-after: 50ms}
      spec:
        containers: [{name: main, image: x, resources: {limits: {memory: 4Mi}}}]
      """;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final HostIo hostIo =
      new HostIo(new HostIoConfig(URI.create("http://127.0.0.1:1"), List.of()), loops);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GuestThreads threads = new GuestThreads(2);
  private final MemorySnapshotStore store = new MemorySnapshotStore();
  @TempDir private Path folder;
  private final List<String> pods = new ArrayList<>();
  private PodAgent agent;
  private PodAccess access;

  private void run(String module, int count) throws Exception {
    GuestModule guests = GuestModule.compile(TestModules.bytes(module), ModuleLimits.DEFAULT);
    var services =
        new ModulePods(
            TestServices.of(threads, timer, Duration.ofMinutes(1), store),
            guests,
            (pod, state, listener) ->
                hostIo.open(state, () -> CompletableFuture.completedFuture("token"), listener),
            UnaryOperator.identity(),
            Runnable::run);
    var node = new NodeFacts(InetAddress.getLoopbackAddress(), 1000, 1 << 30);
    var files = new PodFiles(folder);
    agent = new PodAgent(new Admission(node, 1 << 20, Duration.ZERO), services, store, files);
    access =
        new PodAccess(agent, new ContainerLogs(files, new LogStore(LogLimits.KUBELET_DEFAULTS)));
    List<Begun> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pods.add("pod-" + i);
      begun.add(new Begun());
      agent.sync((V1Pod) Yaml.load(POD.replace("NAME", "pod-" + i)), begun.getLast());
    }
    for (Begun pod : begun) {
      assertTrue(pod.asleep.await(20, TimeUnit.SECONDS));
    }
  }

  @AfterEach
  void close() throws Exception {
    for (String pod : pods) {
      agent
          .terminate(new PodKey("ns", pod, "uid-" + pod), Duration.ZERO)
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    }
    threads.close();
    timer.shutdownNow();
    hostIo.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private int exec(String pod, InputStream in, OutputStream out, OutputStream err, String word)
      throws NoSuchContainerException, IOException, InterruptedException {
    var request = new ExecRequest("ns", pod, null, "main", List.of(word), true, false);
    return access.exec(request, new ExecStreams(in, out, err, new TerminalSizes()));
  }

  @Test
  void manyMebibytesGoThroughAGuestWhileLittleLiesBetween() throws Exception {
    run("echo", 1);
    long total = 8 << 20;
    AtomicLong sent = new AtomicLong();
    AtomicLong received = new AtomicLong();
    AtomicLong mostBetween = new AtomicLong();
    InputStream source =
        new InputStream() {
          @Override
          public int read() {
            throw new UnsupportedOperationException("pieces only");
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            int count = (int) Math.min(length, total - sent.get());
            for (int i = 0; i < count; i++) {
              into[offset + i] = at(sent.get() + i);
            }
            sent.addAndGet(count);
            return count == 0 ? -1 : count;
          }
        };
    OutputStream sink =
        new OutputStream() {
          @Override
          public void write(int b) {
            assertEquals(at(received.getAndIncrement()), (byte) b);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            mostBetween.accumulateAndGet(sent.get() - received.get(), Math::max);
            for (int i = 0; i < length; i++) {
              write(bytes[offset + i]);
            }
          }
        };
    assertEquals(3, exec("pod-0", source, sink, sink, "cat"));
    assertEquals(total, received.get());
    assertTrue(mostBetween.get() < 128 << 10, mostBetween + " bytes between");
  }

  private static byte at(long position) {
    return (byte) (position * 31 + position / 251);
  }

  @Test
  void twoHundredCommandsAtOnceAreCarriedOutInAsManyPods() throws Exception {
    run("echo", PODS);
    var allThere = new CountDownLatch(PODS);
    List<Callable<String>> commands = new ArrayList<>();
    for (String pod : pods) {
      var out = new ByteArrayOutputStream();
      InputStream in = new LateInput(new ByteArrayInputStream(pod.getBytes(UTF_8)), allThere);
      commands.add(() -> exec(pod, in, out, out, "1234567") + out.toString(UTF_8));
    }
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = clients.invokeAll(commands);
      for (int i = 0; i < PODS; i++) {
        assertEquals("7pod-" + i, answers.get(i).get());
      }
    }
  }

  @Test
  void aGuestWithoutAHandlerIsNotAskedAndTheUserIsTold() throws Exception {
    run("misbehaviour", 1);
    var err = new ByteArrayOutputStream();
    var nothing = InputStream.nullInputStream();
    assertEquals(126, exec("pod-0", nothing, err, err, "sh"));
    assertEquals(
        "exec: controller main has no exec handler; try: hiberlet help\n", err.toString(UTF_8));
    assertThrows(NoSuchContainerException.class, () -> exec("pod-9", nothing, err, err, "sh"));
  }

  @Test
  void theAgentAnswersItsOwnWords() throws Exception {
    run("echo", 1);
    assertTrue(hiberlet(0, "help").contains("hiberlet dump"), "all words are told");
    assertTrue(hiberlet(127, "sleep").contains("unknown command \"sleep\""));
    assertTrue(hiberlet(0, "resume").matches("resident, 2228224 bytes\n"));
    assertTrue(hiberlet(0, "status").contains("ns/pod-0/main"));
    assertTrue(hiberlet(0, "memory").contains("4194304 bytes"), "its limit");
    assertTrue(hiberlet(0, "snapshot").matches("snapshot of \\d+ bytes written\n"));
    assertEquals("hibernated\n", hiberlet(0, "suspend"));
    assertEquals("hibernated\n", hiberlet(0, "suspend"));
    assertTrue(hiberlet(0, "memory").contains("Resident:     0 bytes"));
    assertEquals("", hiberlet(0, "operations"));
    assertEquals("", hiberlet(0, "watches"));
  }

  @Test
  void aDumpIsTheWholeMemoryAsleepAndAwake() throws Exception {
    run("echo", 1);
    var nothing = InputStream.nullInputStream();
    exec("pod-0", new ByteArrayInputStream("remember me".getBytes(UTF_8)), sink(), sink(), "cat");
    String awake = hiberlet(0, "dump");
    assertEquals(34 << 16, awake.length());
    assertEquals("remember me", awake.substring((2 << 16) + 1024, (2 << 16) + 1035));
    hiberlet(0, "suspend");
    assertEquals(awake, hiberlet(0, "dump"));
    assertTrue(hiberlet(0, "memory").contains("Resident:     0 bytes"), "a dump wakes nobody");
    assertEquals(0, exec("pod-0", nothing, sink(), sink(), ""), "it goes on as before");
  }

  @Test
  void onATerminalTheAgentsLinesReturn() throws Exception {
    run("echo", 1);
    var out = new ByteArrayOutputStream();
    var request =
        new ExecRequest("ns", "pod-0", null, "main", List.of("hiberlet", "x"), false, true);
    var streams =
        new ExecStreams(
            InputStream.nullInputStream(),
            out,
            OutputStream.nullOutputStream(),
            new TerminalSizes());
    assertEquals(127, access.exec(request, streams));
    assertTrue(out.toString(UTF_8).startsWith("hiberlet: unknown command \"x\"\r\n"));
  }

  private static OutputStream sink() {
    return OutputStream.nullOutputStream();
  }

  /** What the agent says to a word, byte by byte. */
  private String hiberlet(int code, String word) throws Exception {
    var out = new ByteArrayOutputStream();
    var request =
        new ExecRequest("ns", "pod-0", null, "main", List.of("hiberlet", word), false, false);
    var streams = new ExecStreams(InputStream.nullInputStream(), out, out, new TerminalSizes());
    assertEquals(code, access.exec(request, streams), out.toString(UTF_8));
    return out.toString(ISO_8859_1);
  }

  /** Input that is there when all others' is. */
  private static final class LateInput extends InputStream {
    private final InputStream input;
    private final CountDownLatch allThere;
    private boolean begun;

    LateInput(InputStream input, CountDownLatch allThere) {
      this.input = input;
      this.allThere = allThere;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("pieces only");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (!begun) {
        begun = true;
        allThere.countDown();
        try {
          allThere.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      return input.read(into, offset, length);
    }
  }

  /** Says when a pod has started, done what there is to do, and sleeps. */
  private static final class Begun implements PodReporter {
    private final CountDownLatch asleep = new CountDownLatch(1);

    @Override
    public void report(PodReport report) {
      if (report.conditions().stream()
          .anyMatch(each -> each.type().equals(PodRunner.HIBERNATED) && each.status())) {
        asleep.countDown();
      }
    }

    @Override
    public void event(EventType type, String reason, String message) {}
  }
}
