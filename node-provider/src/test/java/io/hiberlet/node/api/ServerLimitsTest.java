package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients cannot take from the device, limit by limit. */
@Timeout(60)
class ServerLimitsTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofMinutes(1);

  private ServerFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void restart(int connections, Duration handshake, Duration request, Duration streamIdle)
      throws IOException {
    fixture.close();
    fixture =
        new ServerFixture(
            new ServerLimits(connections, 8 << 10, 1024, handshake, request, streamIdle));
  }

  @Test
  void aFirstLineHeadersAndABodyHaveTheirSizes() throws IOException {
    assertEquals(414, statusOf("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n"));
    assertEquals(
        431, statusOf("GET /pods HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(9000) + "\r\n\r\n"));
    assertEquals(413, statusOf("POST /pods HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"));
  }

  @Test
  void aBodyWithoutALengthHasNoMoreRoom() throws IOException {
    String chunk = "400\r\n" + "b".repeat(1024) + "\r\n";
    assertEquals(
        413,
        statusOf(
            "POST /pods HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk
                + chunk));
  }

  @Test
  void oneConnectionTooManyIsClosedAndAnotherOnesEndMakesRoom() throws Exception {
    restart(2, LONG, LONG, LONG);
    try (SSLSocket first = fixture.connect(null);
        SSLSocket second = fixture.connect(null)) {
      first.startHandshake();
      second.startHandshake();
      assertThrows(IOException.class, this::handshake);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      try {
        handshake();
        return;
      } catch (IOException e) {
        assertTrue(System.nanoTime() < deadline, "connections that have ended are counted: " + e);
      }
    }
  }

  private void handshake() throws IOException {
    try (SSLSocket another = fixture.connect(null)) {
      another.startHandshake();
    }
  }

  @Test
  void whoDoesNotShakeHandsIsClosed() throws Exception {
    restart(16, SHORT, LONG, LONG);
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), fixture.server.port())) {
      silent.setSoTimeout(20_000);
      assertEquals(-1, silent.getInputStream().read());
    }
  }

  @Test
  void whoShakesHandsAndAsksNothingIsClosed() throws Exception {
    restart(16, LONG, SHORT, LONG);
    try (SSLSocket silent = fixture.connect(null)) {
      silent.startHandshake();
      assertEquals(-1, silent.getInputStream().read());
    }
  }

  @Test
  void whoTakesTooLongToAskIsClosedHoweverOftenABitComes() throws Exception {
    restart(16, LONG, SHORT, LONG);
    try (SSLSocket slow = fixture.connect(ServerFixture.ADMIN)) {
      slow.getOutputStream().write("GET /pods HTTP/1.1\r\n".getBytes(ISO_8859_1));
      Thread dribble =
          Thread.startVirtualThread(
              () -> {
                try {
                  while (true) {
                    slow.getOutputStream().write("A: b\r\n".getBytes(ISO_8859_1));
                    TimeUnit.MILLISECONDS.sleep(50);
                  }
                } catch (IOException | InterruptedException e) {
                  Thread.currentThread().interrupt(); // closed, as is wanted
                }
              });
      assertEnds(slow);
      dribble.interrupt();
    }
  }

  @Test
  void anAnswerThatTakesLongIsNoIdleTime() throws Exception {
    restart(16, LONG, SHORT, LONG);
    fixture.containers.logs =
        (request, to) -> {
          TimeUnit.MILLISECONDS.sleep(3 * SHORT.toMillis()); // as a log that is followed
          to.write("late".getBytes(ISO_8859_1));
        };
    assertEquals(200, statusOf("GET /containerLogs/default/ring/main HTTP/1.1\r\nHost: x\r\n\r\n"));
  }

  @Test
  void streamsThatCarryNothingAreClosedAndTheirCommandIsInterrupted() throws Exception {
    restart(16, LONG, LONG, SHORT);
    CountDownLatch interrupted = new CountDownLatch(1);
    fixture.containers.command =
        (request, streams) -> {
          try {
            new CountDownLatch(1).await();
            return 0;
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        };
    try (var client = new SpdyClient(fixture, "command=x&output=1", "v4.channel.k8s.io")) {
      client.protocol.get(20, TimeUnit.SECONDS);
      client.open("error");
      client.open("stdout");
      assertTrue(client.channel.closeFuture().await(20, TimeUnit.SECONDS), "still open");
      assertTrue(interrupted.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void streamsThatCarrySomethingNowAndThenStay() throws Exception {
    restart(16, LONG, LONG, SHORT);
    fixture.containers.command =
        (request, streams) -> {
          for (int i = 0; i < 20; i++) {
            streams.stdout().write('x');
            TimeUnit.MILLISECONDS.sleep(SHORT.toMillis() / 10);
          }
          return 0;
        };
    try (var client = new SpdyClient(fixture, "command=x&output=1", "v4.channel.k8s.io")) {
      client.protocol.get(20, TimeUnit.SECONDS);
      int error = client.open("error");
      int stdout = client.open("stdout");
      assertEquals("x".repeat(20), client.awaitText(stdout));
      assertTrue(client.awaitText(error).contains("Success"));
    }
  }

  /** By an end or, as bytes may be on their way, by a reset. */
  private static void assertEnds(SSLSocket socket) throws IOException {
    int read;
    try {
      read = socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException reset) {
      return;
    }
    assertEquals(-1, read);
  }

  private int statusOf(String request) throws IOException {
    try (SSLSocket socket = fixture.connect(ServerFixture.ADMIN)) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      byte[] head = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(head, 9, 3, ISO_8859_1));
    }
  }
}
