package io.hiberlet.agent.hostio.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.http.TestServer.Protocol;
import io.hiberlet.agent.hostio.http.TestServer.Received;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One exchange, on every protocol. */
@Timeout(60)
class NettyUpstreamTest extends UpstreamFixture {
  @ParameterizedTest
  @EnumSource
  void carriesARequestAndItsAnswer(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener listener = new RecordingListener();
    upstream(server)
        .send(
            new UpstreamRequest(
                "POST", "/a?b=c", List.of(new Field("x-one", "1")), bytes("hello"), false),
            listener);
    Received request = server.next();
    assertEquals("POST", request.method());
    assertEquals("/a?b=c", request.target());
    assertEquals("1", request.field("x-one"));
    assertEquals("5", request.field("content-length"));
    assertEquals(server.uri().getAuthority(), request.field("host"));
    assertEquals("hello", request.body());

    request.head(201, new Field("x-two", "2")).body("good ").body("bye").end();
    assertEquals("good bye", listener.awaitEnd());
    ResponseHead head = listener.awaitHead();
    assertEquals(201, head.status());
    assertEquals("Created", head.reason());
    assertEquals("2", head.first("X-Two").orElseThrow());
    assertTrue(head.first("transfer-encoding").isEmpty());
    assertTrue(head.fields().stream().noneMatch(field -> field.name().startsWith("x-http2")));
  }

  @ParameterizedTest
  @EnumSource
  void reusesOneConnection(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    Upstream upstream = upstream(server);
    for (int i = 0; i < 5; i++) {
      RecordingListener listener = new RecordingListener();
      upstream.send(get("/" + i), listener);
      server.next().head(200).body("x").end();
      listener.awaitEnd();
    }
    assertEquals(1, server.connections());
  }

  @ParameterizedTest
  @EnumSource
  void aSlowReaderStopsTheServer(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    int stopAt = 100_000;
    RecordingListener listener = new RecordingListener(stopAt);
    RecordingListener other = new RecordingListener();
    Upstream upstream = upstream(server);
    Exchange exchange = upstream.send(stream("/big"), listener);
    Received request = server.next().head(200);
    int total = 4 << 20;
    byte[] block = new byte[64 << 10];
    for (int i = 0; i < total / block.length; i++) {
      request.body(block);
    }
    request.end();
    listener.awaitBytes(stopAt);

    // Everything else still flows while this one stands still, so its silence is no accident.
    for (int i = 0; i < 20; i++) {
      other = new RecordingListener();
      upstream.send(get("/other"), other);
      server.next().head(200).body("x").end();
      assertEquals("x", other.awaitEnd());
    }
    assertTrue(listener.bodyBytes() <= stopAt + 32 * 1024, "read on: " + listener.bodyBytes());
    assertFalse(request.isWritable(), "the server got rid of everything");

    for (int seen = 0; !listener.isOver(); seen = listener.bodyBytes()) {
      exchange.resume();
      if (seen < total) {
        listener.awaitBytes(Math.min(total, seen + 1));
      } else {
        listener.awaitEnd();
      }
    }
    assertEquals(total, listener.bodyBytes());
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenAnswerIsAFailure(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener listener = new RecordingListener();
    upstream(server).send(stream("/"), listener);
    Received request = server.next().head(200).body("half");
    listener.awaitBytes(4);
    request.breakConnection();
    UpstreamException failure = listener.awaitFailure();
    assertEquals(Reason.CONNECTION, failure.reason());
    assertTrue(failure.getMessage().contains("before the answer was complete"));
  }

  @ParameterizedTest
  @EnumSource
  void noAnswerInTimeIsATimeout(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener listener = new RecordingListener();
    upstream(config(server, Duration.ofMillis(200))).send(get("/"), listener);
    server.next();
    assertEquals(Reason.TIMEOUT, listener.awaitFailure().reason());
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatStandsStillIsATimeout(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener listener = new RecordingListener();
    upstream(config(server, Duration.ofMillis(400))).send(get("/"), listener);
    server.next().head(200).body("half");
    assertEquals(Reason.TIMEOUT, listener.awaitFailure().reason());
    assertEquals(4, listener.bodyBytes());
  }

  @ParameterizedTest
  @EnumSource
  void aStreamMayStandStill(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener quiet = new RecordingListener();
    RecordingListener clock = new RecordingListener();
    Upstream upstream = upstream(config(server, Duration.ofMillis(300)));
    upstream.send(stream("/quiet"), quiet);
    Received request = server.next().head(200);
    quiet.awaitHead();
    upstream.send(get("/never"), clock);
    server.next();
    assertEquals(Reason.TIMEOUT, clock.awaitFailure().reason());
    request.body("late").end();
    assertEquals("late", quiet.awaitEnd());
  }

  @ParameterizedTest
  @EnumSource
  void aHeadThatIsTooLargeIsRefused(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener listener = new RecordingListener();
    upstream(server).send(get("/"), listener);
    server.next().head(200, new Field("x-large", "x".repeat(80_000))).end();
    listener.awaitFailure();
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledExchangeIsGivenUp(Protocol protocol) throws Exception {
    TestServer server = server(protocol);
    RecordingListener listener = new RecordingListener();
    Exchange exchange = upstream(server).send(stream("/"), listener);
    Received request = server.next().head(200);
    listener.awaitHead();
    exchange.cancel();
    request.out().channel().closeFuture().await(10_000);
    assertFalse(request.out().channel().isActive());
    assertFalse(listener.isOver());
  }

  @ParameterizedTest
  @EnumSource
  void manyStreamsAtOnce(Protocol protocol) throws Exception {
    int maxStreams = 20;
    TestServer server = server(protocol, "127.0.0.1", maxStreams);
    Upstream upstream = upstream(server);
    List<RecordingListener> listeners =
        IntStream.range(0, 100).mapToObj(i -> new RecordingListener()).toList();
    listeners.forEach(listener -> upstream.send(stream("/watch"), listener));
    List<Received> requests = new ArrayList<>();
    for (int i = 0; i < listeners.size(); i++) {
      requests.add(server.next().head(200));
    }
    requests.forEach(request -> request.body("line\n"));
    for (RecordingListener listener : listeners) {
      listener.awaitBytes(5);
    }
    int expected = protocol == Protocol.TLS_HTTP_2 ? 100 / maxStreams : 100;
    assertEquals(expected, server.connections());
  }
}
