package io.hiberlet.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebSocketExecTest {

  private ServerFixture fixture;
  private HttpClient http;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture();
    http = HttpClient.newBuilder().sslContext(ServerFixture.tls(ServerFixture.ADMIN)).build();
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    fixture.close();
  }

  @Test
  void version5CarriesStreamsAndEndsStandardInputAlone() throws Exception {
    fixture.containers.command =
        (request, streams) -> {
          streams.stdin().transferTo(streams.stdout());
          streams.stderr().write("done".getBytes(UTF_8));
          return 0;
        };
    Client client = connect("v5.channel.k8s.io", "command=cat&input=1&output=1&error=1");
    assertEquals("v5.channel.k8s.io", client.socket.getSubprotocol());
    client.send(0, "hello ".getBytes(UTF_8));
    client.send(0, "world".getBytes(UTF_8));
    client.send(255, new byte[] {0});
    assertEquals(1000, client.closed.get(10, TimeUnit.SECONDS));
    assertEquals("hello world", client.text(1));
    assertEquals("done", client.text(2));
    assertTrue(client.text(3).contains("\"status\":\"Success\""), client.text(3));
  }

  @Test
  void version4TellsTheExitCodeAndLimitsNothingButMessages() throws Exception {
    byte[] much = new byte[3 << 20];
    fixture.containers.command =
        (request, streams) -> {
          streams.stdout().write(much);
          return 9;
        };
    Client client = connect("v4.channel.k8s.io", "command=x&output=1");
    assertEquals(1000, client.closed.get(20, TimeUnit.SECONDS));
    assertEquals(much.length, client.received.get(1).size());
    assertTrue(client.text(3).contains("\"message\":\"9\""), client.text(3));
    assertEquals("admin create proxy", fixture.questions.peek(), "a GET, but no right to read");
  }

  @Test
  void otherProtocolsAreRefused() {
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> connect("v1.unknown", "command=x&output=1"));
    assertTrue(refused.getCause() instanceof java.net.http.WebSocketHandshakeException);
  }

  @Test
  void aVanishedClientInterruptsTheCommand() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    fixture.containers.command =
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
    Client client = connect("v5.channel.k8s.io", "command=x&output=1");
    assertTrue(running.await(5, TimeUnit.SECONDS));
    client.socket.abort();
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void textMessagesEndTheConnection() throws Exception {
    fixture.containers.command =
        (request, streams) -> {
          streams.stdin().readAllBytes();
          return 0;
        };
    Client client = connect("v5.channel.k8s.io", "command=x&input=1&output=1");
    client.socket.sendText("hello", true).get(5, TimeUnit.SECONDS);
    assertEquals(1003, client.closed.get(10, TimeUnit.SECONDS));
  }

  private Client connect(String protocol, String query) throws Exception {
    Client client = new Client();
    URI uri =
        URI.create(
            "wss://localhost:%d/exec/default/ring/%s/main?%s"
                .formatted(fixture.server.port(), FakePods.UID, query));
    client.socket =
        http.newWebSocketBuilder()
            .subprotocols(protocol)
            .buildAsync(uri, client)
            .get(10, TimeUnit.SECONDS);
    return client;
  }

  private static final class Client implements WebSocket.Listener {
    final List<ByteArrayOutputStream> received =
        IntStream.range(0, 5).mapToObj(i -> new ByteArrayOutputStream()).toList();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final ByteArrayOutputStream message = new ByteArrayOutputStream();
    WebSocket socket;

    void send(int stream, byte[] bytes) throws Exception {
      ByteBuffer framed = ByteBuffer.allocate(bytes.length + 1).put((byte) stream).put(bytes);
      socket.sendBinary(framed.flip(), true).get(5, TimeUnit.SECONDS);
    }

    String text(int stream) {
      return received.get(stream).toString(UTF_8);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      while (data.hasRemaining()) {
        message.write(data.get());
      }
      if (last) {
        byte[] whole = message.toByteArray();
        received.get(whole[0]).write(whole, 1, whole.length - 1);
        message.reset();
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closed.complete(status);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }
  }
}
