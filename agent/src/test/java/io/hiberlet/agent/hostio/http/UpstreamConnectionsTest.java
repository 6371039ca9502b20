package io.hiberlet.agent.hostio.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.http.TestServer.Protocol;
import io.hiberlet.agent.hostio.http.TestServer.Received;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are reused, lost, refused and given up. */
@Timeout(60)
class UpstreamConnectionsTest extends UpstreamFixture {
  @Test
  void aConnectionThatWasClosedMeanwhileIsNoError() throws Exception {
    TestServer server = server(Protocol.CLEAR_HTTP_1);
    Upstream upstream = upstream(server);
    RecordingListener first = new RecordingListener();
    upstream.send(get("/first"), first);
    server.next().head(200).end();
    first.awaitEnd();

    RecordingListener second = new RecordingListener();
    upstream.send(get("/second"), second);
    server.next().breakConnection();
    server.next().head(200).body("again").end();
    assertEquals("again", second.awaitEnd());
  }

  @Test
  void whatChangesSomethingIsNotSentTwice() throws Exception {
    TestServer server = server(Protocol.CLEAR_HTTP_1);
    Upstream upstream = upstream(server);
    RecordingListener first = new RecordingListener();
    upstream.send(get("/first"), first);
    server.next().head(200).end();
    first.awaitEnd();

    RecordingListener second = new RecordingListener();
    upstream.send(new UpstreamRequest("POST", "/", List.of(), bytes("x"), false), second);
    server.next().breakConnection();
    assertEquals(Reason.CONNECTION, second.awaitFailure().reason());
    assertFalse(server.hasRequest());
  }

  @Test
  void whatTheServerSaysItDidNotTakeIsSentAgain() throws Exception {
    TestServer server = server(Protocol.TLS_HTTP_2);
    RecordingListener listener = new RecordingListener();
    upstream(server).send(new UpstreamRequest("POST", "/", List.of(), bytes("x"), false), listener);
    server.next().refuseStream();
    Received again = server.next();
    assertEquals("x", again.body());
    again.head(200).body("done").end();
    assertEquals("done", listener.awaitEnd());
  }

  @Test
  void aConnectionThatGoesAwayFinishesWhatItCarries() throws Exception {
    TestServer server = server(Protocol.TLS_HTTP_2);
    Upstream upstream = upstream(server);
    RecordingListener old = new RecordingListener();
    upstream.send(stream("/old"), old);
    Received request = server.next().head(200);
    old.awaitHead();
    request.goAway();
    request.body("x");
    old.awaitBytes(1);

    RecordingListener later = new RecordingListener();
    upstream.send(get("/later"), later);
    server.next().head(200).body("new").end();
    assertEquals("new", later.awaitEnd());
    assertEquals(2, server.connections());
    request.body("y").end();
    assertEquals("xy", old.awaitEnd());
  }

  @Test
  void aDeadPeerIsFoundOut() throws Exception {
    TestServer server = server(Protocol.TLS_HTTP_2);
    RecordingListener listener = new RecordingListener();
    upstream(server).send(stream("/"), listener);
    server.next().head(200);
    listener.awaitHead();
    server.playDead();
    assertEquals(Reason.CONNECTION, listener.awaitFailure().reason());
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    TestServer server = server(Protocol.TLS_HTTP_2, "127.0.0.2", 100);
    RecordingListener listener = new RecordingListener();
    upstream(server).send(get("/"), listener);
    assertTrue(listener.awaitFailure().getMessage().contains("127.0.0.1"));
    assertFalse(server.hasRequest());
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    TestServer server = server(Protocol.TLS_HTTP_1);
    UpstreamConfig trusting = config(server, Duration.ofSeconds(20));
    UpstreamConfig distrusting =
        new UpstreamConfig(
            server.uri(),
            List.of(),
            List.of(),
            trusting.responseHeadBytes(),
            trusting.connect(),
            trusting.responseHead(),
            trusting.bodyIdle(),
            trusting.pingInterval(),
            trusting.pingAnswer(),
            trusting.unused());
    RecordingListener listener = new RecordingListener();
    upstream(distrusting).send(get("/"), listener);
    assertEquals(Reason.CONNECTION, listener.awaitFailure().reason());
    assertFalse(server.hasRequest());
  }

  @Test
  void nobodyThereIsAFailureThatNamesTheServer() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port);
    RecordingListener listener = new RecordingListener();
    NettyUpstream upstream =
        new NettyUpstream(config(uri, List.of(), Duration.ofSeconds(5)), loops);
    opened.add(upstream);
    upstream.send(get("/"), listener);
    assertTrue(listener.awaitFailure().getMessage().contains("127.0.0.1:" + port));
  }

  @Test
  void closingFailsWhatIsUnderWay() throws Exception {
    TestServer server = server(Protocol.TLS_HTTP_2);
    RecordingListener listener = new RecordingListener();
    Upstream upstream = upstream(server);
    upstream.send(stream("/"), listener);
    server.next();
    upstream.close();
    listener.awaitFailure();
    RecordingListener late = new RecordingListener();
    upstream.send(get("/"), late);
    assertEquals("the host is shutting down", late.awaitFailure().getMessage());
  }
}
