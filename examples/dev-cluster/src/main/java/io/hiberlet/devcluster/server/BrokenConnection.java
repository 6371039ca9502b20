package io.hiberlet.devcluster.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands at the end of an HTTP/2 connection and closes it when it breaks. A client that is killed
 * breaks its connection, so that is no news.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close ends the channel
final class BrokenConnection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(BrokenConnection.class);

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.atDebug().setCause(cause).log("A connection failed");
    ctx.close();
  }
}
