package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.log.ContainerLog;
import io.hiberlet.node.log.LogLimits;
import io.hiberlet.node.log.LogReader;
import io.hiberlet.node.log.LogStore;
import io.hiberlet.node.log.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attaching to a container's log over SPDY, with a real log behind the server. */
@Timeout(60)
class AttachTest {
  private static final String V4 = "v4.channel.k8s.io";

  @TempDir Path folder;
  private final CountDownLatch left = new CountDownLatch(1);
  private ServerFixture fixture;
  private ContainerLog log;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture();
    log = new LogStore(new LogLimits(2000, 2, 1000)).open(() -> folder, 0);
    fixture.containers.attachment =
        (container, tty, streams) -> {
          assertEquals("default/ring/main", container.toString());
          try {
            LogReader.follow(log, streams.stdout(), streams.stderr());
          } finally {
            left.countDown();
          }
        };
  }

  @AfterEach
  void stop() throws IOException {
    log.close();
    fixture.close();
  }

  @Test
  void whatIsWrittenFromNowOnComesByStreamUntilTheContainerEnds() throws Exception {
    write(Stream.STDOUT, "of before\n");
    try (var client = attach("input=1&output=1&error=1")) {
      int error = client.open("error");
      int stdin = client.open("stdin");
      int stdout = client.open("stdout");
      int stderr = client.open("stderr");
      client.send(stdin, new byte[1 << 20], false); // nobody reads it, and nobody is held up by it
      awaitAttached(client, stdout);
      write(Stream.STDERR, "alas\n");
      write(Stream.STDOUT, "half ");
      write(Stream.STDOUT, "a line\n");
      log.close();
      String out = client.awaitText(stdout);
      assertFalse(out.contains("of before"), out);
      assertTrue(out.endsWith("attached\nhalf a line\n"), out);
      assertEquals("alas\n", client.awaitText(stderr));
      assertTrue(client.awaitText(error).contains("\"Success\""));
    }
  }

  @Test
  void rotationLosesNothing() throws Exception {
    try (var client = attach("output=1")) {
      client.open("error");
      int stdout = client.open("stdout");
      awaitAttached(client, stdout);
      int attached = client.received.get(stdout).size();
      StringBuilder written = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        String line = "line %d of a log that is rotated again and again\n".formatted(i);
        written.append(line);
        int all = attached + written.length();
        write(Stream.STDOUT, line);
        Await.until("line " + i, () -> client.received.get(stdout).size() >= all);
      }
      log.close();
      assertTrue(client.awaitText(stdout).endsWith("attached\n" + written));
    }
  }

  @Test
  void aClientThatVanishesLeavesNobodyBehind() throws Exception {
    try (var client = attach("output=1")) {
      client.open("error");
      awaitAttached(client, client.open("stdout"));
    }
    assertTrue(left.await(20, TimeUnit.SECONDS), "somebody still follows the log");
  }

  @Test
  void whatDoesNotRunCannotBeAttachedTo() throws Exception {
    fixture.containers.attachment =
        (container, tty, streams) -> {
          throw new NoSuchContainerException("container main does not run now");
        };
    try (var client = attach("output=1")) {
      int error = client.open("error");
      client.open("stdout");
      String status = client.awaitText(error);
      assertTrue(status.contains("\"message\":\"container main does not run now\""), status);
      assertTrue(status.contains("\"NotFound\""), status);
    }
  }

  private SpdyClient attach(String query) throws Exception {
    SpdyClient client = new SpdyClient(fixture, "attach", query, new String[] {V4});
    assertEquals(V4, client.protocol.get(20, TimeUnit.SECONDS));
    return client;
  }

  /**
   * Writes until it comes through: then everything does that is written later. The stream is
   * marked, as several of those lines may still be on their way.
   */
  private void awaitAttached(SpdyClient client, int stdout) throws IOException {
    Await.until(
        "being attached",
        () -> {
          write(Stream.STDOUT, "again\n");
          return client.received.get(stdout).size() > 0;
        });
    write(Stream.STDOUT, "attached\n");
    Await.until("the mark", () -> client.received.get(stdout).toString(UTF_8).contains("attached"));
  }

  private void write(Stream stream, String text) throws IOException {
    log.stream(stream).write(text.getBytes(UTF_8));
  }
}
