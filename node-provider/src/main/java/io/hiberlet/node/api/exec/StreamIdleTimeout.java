package io.hiberlet.node.api.exec;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.spdy.SpdyStreamFrame;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection whose streams have carried nothing for a long time, either way: the kubelet's
 * {@code streamingConnectionIdleTimeout}. Pings do not count, as the two ends send them by
 * themselves. Of plain HTTP it takes no notice. Used on the event loop.
 */
public final class StreamIdleTimeout extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger(StreamIdleTimeout.class);

  private final long timeoutNanos;
  private long lastNanos;
  private @Nullable Future<?> alarm;

  public StreamIdleTimeout(Duration timeout) {
    this.timeoutNanos = timeout.toNanos();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    noteData(ctx, message);
    super.channelRead(ctx, message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    noteData(ctx, message);
    super.write(ctx, message, promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (alarm != null) {
      alarm.cancel(false);
    }
    super.channelInactive(ctx);
  }

  private void noteData(ChannelHandlerContext ctx, Object message) {
    if (message instanceof SpdyStreamFrame
        || message instanceof BinaryWebSocketFrame
        || message instanceof ContinuationWebSocketFrame) {
      lastNanos = System.nanoTime();
      if (alarm == null) {
        look(ctx, timeoutNanos);
      }
    }
  }

  private void look(ChannelHandlerContext ctx, long inNanos) {
    alarm = ctx.executor().schedule(() -> check(ctx), inNanos, TimeUnit.NANOSECONDS);
  }

  private void check(ChannelHandlerContext ctx) {
    long left = lastNanos + timeoutNanos - System.nanoTime();
    if (left > 0) {
      look(ctx, left);
    } else {
      log.atInfo().addKeyValue("client", ctx.channel().remoteAddress()).log("A stream was idle");
      var _ = ctx.close();
    }
  }
}
