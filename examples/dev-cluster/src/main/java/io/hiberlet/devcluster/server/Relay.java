package io.hiberlet.devcluster.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * One direction of a tunnel: what its channel reads goes to the other, which sets the pace. Used by
 * the one event loop of both channels.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class Relay extends ChannelInboundHandlerAdapter {
  private final Channel other;

  Relay(Channel other) {
    this.other = other;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!other.isActive()) {
      ReferenceCountUtil.release(message);
      return;
    }
    other.writeAndFlush(message);
    ctx.channel().config().setAutoRead(other.isWritable());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    other.config().setAutoRead(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
