package io.hiberlet.agent.hostio.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server on loopback whose every answer the test decides. */
@SuppressWarnings("FutureReturnValueIgnored") // the client sees what became of it
final class TestServer implements AutoCloseable {

  /** What the server speaks. */
  enum Protocol {
    CLEAR_HTTP_1,
    TLS_HTTP_1,
    TLS_HTTP_2
  }

  /** A request that the server got, and the means to answer it. */
  record Received(
      String method, String target, List<Field> fields, String body, ChannelHandlerContext out) {

    Received head(int status, Field... fields) {
      HttpResponse head =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
      for (Field field : fields) {
        head.headers().add(field.name(), field.value());
      }
      if (!head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
        HttpUtil.setTransferEncodingChunked(head, true);
      }
      out.writeAndFlush(head);
      return this;
    }

    Received body(String text) {
      return body(text.getBytes(StandardCharsets.UTF_8));
    }

    Received body(byte[] bytes) {
      out.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
      return this;
    }

    void end() {
      out.writeAndFlush(new DefaultLastHttpContent());
    }

    void breakConnection() {
      Channel channel = out.channel();
      (channel.parent() instanceof SocketChannel parent ? parent : channel).close();
    }

    /** Says that this request was not looked at. */
    void refuseStream() {
      out.channel().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
    }

    /** Says that no further request will be taken on its connection. */
    void goAway() {
      out.channel().parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }

    @Nullable String field(String name) {
      return fields.stream()
          .filter(field -> field.is(name))
          .map(Field::value)
          .findFirst()
          .orElse(null);
    }

    boolean isWritable() {
      return out.channel().isWritable();
    }
  }

  private final Protocol protocol;
  private final Channel listening;
  private final List<Channel> connections = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Received> requests = new LinkedBlockingQueue<>();
  private final TestCertificates certificates;

  TestServer(Protocol protocol, String certifiedAddress, int maxStreams, EventLoopGroup loops)
      throws Exception {
    this.protocol = protocol;
    this.certificates = TestCertificates.forAddress(certifiedAddress);
    SslContext tls = tls();
    this.listening =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    connections.add(channel);
                    initialise(channel, tls, maxStreams);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  URI uri() {
    String scheme = protocol == Protocol.CLEAR_HTTP_1 ? "http" : "https";
    int port = ((InetSocketAddress) listening.localAddress()).getPort();
    return URI.create(scheme + "://127.0.0.1:" + port);
  }

  TestCertificates certificates() {
    return certificates;
  }

  /** The next request, waited for. */
  Received next() throws InterruptedException {
    Received next = requests.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request came");
    }
    return next;
  }

  boolean hasRequest() {
    return !requests.isEmpty();
  }

  /** How many connections were ever made. */
  int connections() {
    return connections.size();
  }

  /** Stops reading from every connection, as a machine that lost its power would. */
  void playDead() {
    connections.forEach(channel -> channel.config().setAutoRead(false));
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly();
    connections.forEach(channel -> channel.close().syncUninterruptibly());
  }

  private @Nullable SslContext tls() throws Exception {
    if (protocol == Protocol.CLEAR_HTTP_1) {
      return null;
    }
    String name = protocol == Protocol.TLS_HTTP_2 ? "h2" : "http/1.1";
    return SslContextBuilder.forServer(certificates.key(), certificates.certificate())
        .sslProvider(SslProvider.JDK)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                name))
        .build();
  }

  private void initialise(SocketChannel channel, @Nullable SslContext tls, int maxStreams) {
    if (tls == null) {
      sequential(channel);
      return;
    }
    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    channel
        .pipeline()
        .addLast(
            new ApplicationProtocolNegotiationHandler("http/1.1") {
              @Override
              protected void configurePipeline(ChannelHandlerContext ctx, String negotiated) {
                if (negotiated.equals("h2")) {
                  multiplexed(channel, maxStreams);
                } else {
                  sequential(channel);
                }
              }
            });
  }

  private void sequential(SocketChannel channel) {
    channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(2 << 20), handler());
  }

  private void multiplexed(SocketChannel channel, int maxStreams) {
    channel
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(maxStreams))
                .build(),
            new Http2MultiplexHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    stream
                        .pipeline()
                        .addLast(
                            new Http2StreamFrameToHttpObjectCodec(true),
                            new HttpObjectAggregator(2 << 20),
                            handler());
                  }
                }));
  }

  private ChannelInboundHandlerAdapter handler() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof FullHttpRequest request) {
          requests.add(received(ctx, request));
          request.release();
        }
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
      }
    };
  }

  private static Received received(ChannelHandlerContext ctx, FullHttpRequest request) {
    return new Received(
        request.method().name(),
        request.uri(),
        request.headers().entries().stream()
            .map(entry -> new Field(entry.getKey(), entry.getValue()))
            .toList(),
        new String(ByteBufUtil.getBytes(request.content()), StandardCharsets.UTF_8),
        ctx);
  }
}
