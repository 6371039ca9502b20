package io.hiberlet.node.api;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The client's side of an exec over SPDY/3.1, as kubectl does it: it knows no flow control. */
@SuppressWarnings("FutureReturnValueIgnored") // What is lost shows in what the test waits for.
final class SpdyClient implements AutoCloseable {

  /** The HTTP answer, when it was not an upgrade: status and body. */
  record Refusal(int status, String body) {}

  final CompletableFuture<String> protocol = new CompletableFuture<>();
  final CompletableFuture<Refusal> refusal = new CompletableFuture<>();
  final ConcurrentLinkedQueue<SpdyFrame> frames = new ConcurrentLinkedQueue<>();
  final Map<Integer, ByteArrayOutputStream> received = new ConcurrentHashMap<>();
  final Map<Integer, CompletableFuture<Void>> ended = new ConcurrentHashMap<>();
  final Channel channel;
  private int lastId = -1;

  /** Of an exec. */
  SpdyClient(ServerFixture fixture, String query, String... protocols) throws Exception {
    this(fixture, "exec", query, protocols);
  }

  /**
   * @param what exec or attach
   */
  SpdyClient(ServerFixture fixture, String what, String query, String[] protocols)
      throws Exception {
    var tls =
        new JdkSslContext(
            ServerFixture.tls(ServerFixture.ADMIN),
            true,
            null,
            IdentityCipherSuiteFilter.INSTANCE,
            ApplicationProtocolConfig.DISABLED,
            ClientAuth.NONE,
            new String[] {"TLSv1.3"},
            false);
    channel =
        new Bootstrap()
            .group(fixture.loops)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel ch) {
                    ch.pipeline()
                        .addLast(tls.newHandler(ch.alloc()))
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(1 << 20))
                        .addLast(new Receiver());
                  }
                })
            .connect("localhost", fixture.server.port())
            .sync()
            .channel();
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/" + what + "/default/ring/main?" + query);
    request.headers().set("Host", "localhost").set("Connection", "Upgrade");
    request.headers().set("Upgrade", "SPDY/3.1").set("Content-Length", 0);
    request.headers().set("X-Stream-Protocol-Version", List.of(protocols));
    channel.writeAndFlush(request).sync();
  }

  /** Opens a stream and returns its number. */
  int open(String type) throws InterruptedException {
    lastId += 2;
    received.put(lastId, new ByteArrayOutputStream());
    ended.put(lastId, new CompletableFuture<>());
    var frame = new DefaultSpdySynStreamFrame(lastId, 0, (byte) 0);
    frame.headers().set("streamtype", type);
    channel.writeAndFlush(frame).sync();
    return lastId;
  }

  void send(int id, byte[] bytes, boolean last) {
    var frame = new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(bytes));
    channel.writeAndFlush(frame.setLast(last));
  }

  /** Waits for the end of a stream and returns all of it. */
  byte[] await(int id) throws Exception {
    ended.get(id).get(30, TimeUnit.SECONDS);
    return received.get(id).toByteArray();
  }

  String awaitText(int id) throws Exception {
    return new String(await(id), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }

  private final class Receiver extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      switch (message) {
        case FullHttpResponse response -> upgraded(ctx, response);
        case SpdyDataFrame data -> receive(data);
        case SpdySynReplyFrame reply -> frames.add(reply);
        case SpdyFrame frame -> frames.add(frame);
        default -> throw new IllegalStateException("unexpected " + message);
      }
    }

    private void upgraded(ChannelHandlerContext ctx, FullHttpResponse response) {
      if (response.status().code() != 101) {
        String body = response.content().toString(StandardCharsets.UTF_8);
        refusal.complete(new Refusal(response.status().code(), body));
        return;
      }
      ctx.pipeline().remove(HttpObjectAggregator.class);
      var codec = new SpdyFrameCodec(SpdyVersion.SPDY_3_1);
      ctx.pipeline().replace(HttpClientCodec.class, "spdy", codec);
      protocol.complete(response.headers().get("X-Stream-Protocol-Version"));
    }

    private void receive(SpdyDataFrame data) {
      ByteBuf content = data.content();
      byte[] bytes = new byte[content.readableBytes()];
      content.readBytes(bytes);
      data.release();
      received.get(data.streamId()).writeBytes(bytes);
      if (data.isLast()) {
        ended.get(data.streamId()).complete(null);
      }
    }
  }
}
