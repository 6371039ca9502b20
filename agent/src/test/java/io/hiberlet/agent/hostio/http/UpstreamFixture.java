package io.hiberlet.agent.hostio.http;

import io.hiberlet.agent.hostio.http.TestServer.Protocol;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Servers, upstreams to them and requests for the tests of {@link NettyUpstream}. */
abstract class UpstreamFixture {
  private static final byte[] NO_BODY = {};
  static EventLoopGroup loops;

  final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void startLoops() {
    loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    loops.shutdownGracefully().awaitUninterruptibly();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  TestServer server(Protocol protocol) throws Exception {
    return server(protocol, "127.0.0.1", 100);
  }

  TestServer server(Protocol protocol, String certifiedAddress, int maxStreams) throws Exception {
    TestServer server = new TestServer(protocol, certifiedAddress, maxStreams, loops);
    opened.add(server);
    return server;
  }

  Upstream upstream(TestServer server) {
    return upstream(config(server, Duration.ofSeconds(20)));
  }

  Upstream upstream(UpstreamConfig config) {
    NettyUpstream upstream = new NettyUpstream(config, loops);
    opened.add(upstream);
    return upstream;
  }

  static UpstreamConfig config(TestServer server, Duration patience) {
    return config(server.uri(), List.of(server.certificates().certificate()), patience);
  }

  static UpstreamConfig config(URI uri, List<X509Certificate> trusted, Duration patience) {
    return new UpstreamConfig(
        uri,
        trusted,
        List.of(),
        64 << 10,
        Duration.ofSeconds(10),
        patience,
        patience,
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        Duration.ofSeconds(30));
  }

  static UpstreamRequest get(String target) {
    return new UpstreamRequest("GET", target, List.of(), NO_BODY, false);
  }

  static UpstreamRequest stream(String target) {
    return new UpstreamRequest("GET", target, List.of(), NO_BODY, true);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
