package io.hiberlet.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What goes through {@code kubectl exec}: terminals, a lot, and many at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GuestStreams {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Of seven letters, which is how echo.wat exits. */
  private static final String SEVEN = "seventh";

  /** So many that none is given more than 16 commands at once, which is the limit. */
  private static final int PODS = 13;

  /** What the agent may hold more of when a lot goes through it. */
  private static final long MOST_KIBIBYTES = 64 << 10;

  private final Supplier<TestCluster> clusters;
  private final int mebibytes;
  private final int commands;
  private Kubectl kubectl;
  private NodeUnderTest node;

  /** Of one test. */
  @TempDir private Path folder;

  /**
   * @param mebibytes to send through one command
   * @param commands to give at once
   */
  GuestStreams(Supplier<TestCluster> clusters, int mebibytes, int commands) {
    this.clusters = clusters;
    this.mebibytes = mebibytes;
    this.commands = commands;
  }

  @BeforeAll
  void startNode() throws IOException {
    TestCluster cluster = clusters.get();
    kubectl = cluster.kubectl();
    node = NodeUnderTest.admitted(cluster, "edge-11");
    GuestPods pods = new GuestPods(node);
    pods.install();
    node.startAgain();
    ServingCertificates.approveFor(kubectl, node.name());
    node.awaitReady(kubectl);
    for (int i = 0; i < PODS; i++) {
      kubectl.apply(
          pods.pod(pod(i), "containers: [{name: echo, image: x}, {name: terminal, image: x}]"));
    }
    for (int i = 0; i < PODS; i++) {
      kubectl.get("wait", "--for=condition=Ready", "pod/" + pod(i), "--timeout=90s");
    }
  }

  @AfterAll
  void stopNode() {
    kubectl.run("delete", "pod", "-n", "default", "--all", "--timeout=60s");
    node.close();
  }

  @Test
  @DisplayName("A command on a terminal is told every size of it, and its exit code comes back")
  void terminal() throws Exception {
    Process terminal =
        process(
            "script",
            "--quiet",
            "--return",
            "--flush",
            "--command",
            "tty; stty cols 101 rows 33; kubectl exec -it pod-0 -c terminal -- sh",
            "/dev/null");
    var screen = new Screen(terminal.inputReader());
    Matcher device = screen.await(Pattern.compile("/dev/pts/\\d+"));
    screen.await(Pattern.compile("\\[00101x00033]"));
    Process resized = process("stty", "-F", device.group(), "cols", "77", "rows", "22");
    assertEquals(0, end(resized));
    screen.await(Pattern.compile("\\[00077x00022]"));
    try (OutputStream keyboard = terminal.getOutputStream()) {
      keyboard.write("ls".getBytes(UTF_8));
      keyboard.flush();
      screen.await(Pattern.compile("ls"));
      keyboard.write(4); // Ctrl-D
    }
    assertEquals(3, end(terminal));
  }

  @Test
  @DisplayName("A lot goes through a command and comes back, and the agent holds little of it")
  void aLot() throws Exception {
    byte[] bytes = new byte[mebibytes << 20];
    new Random(7).nextBytes(bytes);
    Path sent = Files.write(folder.resolve("sent"), bytes);
    Path back = folder.resolve("back");
    Path nothing = Files.createFile(folder.resolve("nothing"));
    assertEndsWithSeven(
        echo(pod(0)).redirectInput(nothing.toFile()).start()); // loads what it needs
    long before = node.agent().peakKibibytes();
    ProcessBuilder command = echo(pod(0)).redirectInput(sent.toFile());
    assertEndsWithSeven(command.redirectOutput(back.toFile()).start());
    assertEquals(-1, Files.mismatch(sent, back), Files.size(back) + " bytes came back");
    long more = node.agent().peakKibibytes() - before;
    assertTrue(more < MOST_KIBIBYTES, "the agent held " + more + " KiB more");
  }

  @Test
  @DisplayName("Many commands are carried out at once, in several pods and in each")
  void manyAtOnce() throws Exception {
    List<Process> running = new ArrayList<>();
    try {
      for (int i = 0; i < commands; i++) {
        Process command = echo(pod(i % PODS)).start();
        running.add(command);
        command.getOutputStream().write(greeting(i));
        command.getOutputStream().flush();
      }
      for (int i = 0; i < commands; i++) { // so all of them run
        byte[] greeting = greeting(i);
        byte[] echo = running.get(i).getInputStream().readNBytes(greeting.length);
        assertEquals(new String(greeting, UTF_8), new String(echo, UTF_8));
      }
      for (Process command : running) {
        command.getOutputStream().close();
      }
      for (Process command : running) {
        assertEndsWithSeven(command);
      }
    } finally {
      running.forEach(Process::destroyForcibly);
    }
  }

  private void assertEndsWithSeven(Process echo) throws Exception {
    int code = end(echo);
    String said = Files.readString(errors());
    assertEquals(7, code, said);
  }

  /** The exit code of a program that must come to its end. */
  private static int end(Process program) throws InterruptedException {
    if (!program.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      program.destroyForcibly();
      fail("still runs after " + PATIENCE + ": " + program.info());
    }
    return program.exitValue();
  }

  private static byte[] greeting(int command) {
    return "command %03d".formatted(command).getBytes(UTF_8);
  }

  private static String pod(int number) {
    return "pod-" + number;
  }

  private ProcessBuilder echo(String pod) {
    return builder("kubectl", "exec", "-i", pod, "-c", "echo", "--", SEVEN)
        .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()));
  }

  /** What the commands of one test say of what went wrong with them. */
  private Path errors() {
    return folder.resolve("errors");
  }

  private Process process(String... words) throws IOException {
    return builder(words).redirectErrorStream(true).start();
  }

  private ProcessBuilder builder(String... words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("KUBECONFIG", kubectl.kubeconfig().toString());
    return builder;
  }
}
