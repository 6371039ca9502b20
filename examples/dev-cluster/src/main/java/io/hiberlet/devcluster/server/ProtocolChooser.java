package io.hiberlet.devcluster.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import java.util.function.Supplier;

/** Puts HTTP/1.1 or HTTP/2 below the same request handler, by what was negotiated (ALPN). */
final class ProtocolChooser extends ApplicationProtocolNegotiationHandler {
  /** The largest request that kube-apiserver takes. */
  private static final int MAX_BODY_BYTES = 3 << 20;

  private static final int MAX_STREAMS = 1000;

  /** How much of an answer may wait for a slow client; a watch that exceeds it is ended. */
  private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(8 << 20, 32 << 20);

  private final Supplier<RequestHandler> handlers;

  ProtocolChooser(Supplier<RequestHandler> handlers) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.handlers = handlers;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
    if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
      Http2Settings settings = Http2Settings.defaultSettings().maxConcurrentStreams(MAX_STREAMS);
      ctx.pipeline()
          .addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings).build())
          .addLast(
              new Http2MultiplexHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                      stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                      addHandler(stream);
                    }
                  }))
          .addLast(new BrokenConnection());
    } else {
      ctx.pipeline().addLast(new HttpServerCodec());
      addHandler(ctx.channel());
    }
  }

  private void addHandler(Channel channel) {
    channel.config().setWriteBufferWaterMark(WAITING);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new HttpObjectAggregator(MAX_BODY_BYTES)).addLast(handlers.get());
  }
}
