package io.hiberlet.node.api.exec;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.spdy.SpdyProtocolException;

/** The end of a pipeline where a client may break the protocol, and nothing else may break. */
final class ProtocolErrors extends ChannelInboundHandlerAdapter {
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CodecException || cause instanceof SpdyProtocolException) {
      var _ = ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
