package io.hiberlet.agent.hostio.http;

import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * HTTP/2: many calls at once, each on a stream of its own with a flow-control window of its own.
 * Takes calls from the server's first SETTINGS (RFC 9113, 3.4) to its GOAWAY.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class MultiplexedConnection extends ChannelInboundHandlerAdapter implements Connection {
  private static final int STREAM_WINDOW_BYTES = 64 * 1024;

  /** Fewer than a server would allow: streams of one connection share its fate and its window. */
  private static final int MAX_STREAMS = 100;

  private final Channel channel;
  private final UpstreamConfig config;
  private final Pool pool;
  private final Http2FrameCodec codec;
  private final Http2StreamChannelBootstrap streams;
  private final LivenessProbe probe;
  private final UnusedTimer unused;
  private int allowed;
  private int open;
  private boolean settled;
  private boolean draining;

  MultiplexedConnection(Channel channel, UpstreamConfig config, Pool pool) {
    this.channel = channel;
    this.config = config;
    this.pool = pool;
    this.codec =
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .pushEnabled(false)
                    .initialWindowSize(STREAM_WINDOW_BYTES)
                    .maxHeaderListSize(config.responseHeadBytes()))
            .gracefulShutdownTimeoutMillis(0)
            .build();
    this.streams = new Http2StreamChannelBootstrap(channel).option(ChannelOption.AUTO_READ, false);
    this.probe = new LivenessProbe(channel, config);
    this.unused = new UnusedTimer(channel, config.unused());
    channel
        .pipeline()
        .addLast(probe, codec, new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()), this);
    channel.closeFuture().addListener(closed -> pool.gone(this));
    unused.start();
    channel
        .eventLoop()
        .schedule(this::giveUpUnsettled, config.connect().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isSettling() {
    return !settled;
  }

  @Override
  public boolean hasRoom() {
    return !draining && open < allowed && channel.isActive();
  }

  @Override
  public void carry(Call call) {
    open++;
    unused.stop();
    probe.start();
    streams.open().addListener((Future<Http2StreamChannel> opened) -> opened(opened, call));
  }

  @Override
  public void close() {
    draining = true;
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    try {
      if (frame instanceof Http2SettingsFrame settings) {
        configure(settings.settings());
      } else if (frame instanceof Http2GoAwayFrame) {
        drain();
      } else if (frame instanceof Http2PingFrame ping && ping.ack()) {
        probe.answered();
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // every stream on it tells its call
  }

  private void giveUpUnsettled() {
    if (!settled) {
      close();
    }
  }

  private void configure(Http2Settings settings) {
    Long limit = settings.maxConcurrentStreams();
    if (limit != null || !settled) {
      allowed = limit == null ? MAX_STREAMS : (int) Math.min(limit, MAX_STREAMS);
    }
    if (!settled) {
      settled = true;
      widenConnectionWindow();
    }
    pool.roomMade();
  }

  /** A stream whose guest does not read must not take the room of the others. */
  private void widenConnectionWindow() {
    var connection = codec.connection();
    try {
      connection
          .local()
          .flowController()
          .incrementWindowSize(connection.connectionStream(), MAX_STREAMS * STREAM_WINDOW_BYTES);
      channel.flush();
    } catch (Http2Exception e) {
      channel.pipeline().fireExceptionCaught(e);
    }
  }

  private void opened(Future<Http2StreamChannel> result, Call call) {
    if (!result.isSuccess()) {
      closed();
      pool.returned(
          call,
          true,
          new UpstreamException(Reason.CONNECTION, "no stream: " + result.cause(), result.cause()));
      return;
    }
    Http2StreamChannel stream = result.getNow();
    stream.closeFuture().addListener(end -> closed());
    if (call.isOver()) {
      stream.close();
      return;
    }
    ExchangeHandler handler = new ExchangeHandler(config, new StreamOwner(stream));
    stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(false), handler);
    handler.carry(call);
  }

  private void closed() {
    open--;
    if (open == 0) {
      probe.stop();
      unused.start();
      if (draining) {
        channel.close();
      }
    }
    pool.roomMade();
  }

  private void drain() {
    draining = true;
    pool.gone(this);
    if (open == 0) {
      channel.close();
    }
  }

  private final class StreamOwner implements ExchangeHandler.Owner {
    private final Http2StreamChannel stream;

    StreamOwner(Http2StreamChannel stream) {
      this.stream = stream;
    }

    @Override
    public void completed(boolean reusable) {
      stream.close();
    }

    @Override
    public void broken(Call call, boolean untouched, UpstreamException failure) {
      stream.close();
      pool.returned(call, untouched, failure);
    }
  }
}
