package io.hiberlet.node.api.exec;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;

/**
 * Calls headers that the client may not send what they are, a fault of the client: Netty's codec
 * tells of them as it would of a mistake of the program. Belongs behind that codec.
 */
final class SpdyHeaderErrors extends ChannelInboundHandlerAdapter {
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.fireExceptionCaught(
        cause instanceof IllegalArgumentException ? new DecoderException(cause) : cause);
  }
}
