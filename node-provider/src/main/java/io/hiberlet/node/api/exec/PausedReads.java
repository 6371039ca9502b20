package io.hiberlet.node.api.exec;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Holds back reads that nobody wants while the channel's reading is paused. Netty's SPDY codec asks
 * for more after each read that its base class believes led to nothing, and the base class never
 * sees the frames that the codec hands on: so a pause would not end before memory does. Belongs in
 * front of that codec; used on the event loop.
 */
final class PausedReads extends ChannelOutboundHandlerAdapter {

  /** Going on is a read of its own, made after the pause has ended. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }
}
