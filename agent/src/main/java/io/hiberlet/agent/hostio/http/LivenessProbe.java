package io.hiberlet.agent.hostio.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that the peer of a silent HTTP/2 connection is gone: a watch may be silent for an hour,
 * a dead peer for ever. Sends a PING after a while without a byte from the server, and closes the
 * connection when the answer stays away. Belongs to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class LivenessProbe extends ChannelInboundHandlerAdapter {
  private final Channel channel;
  private final UpstreamConfig config;
  private @Nullable Future<?> next;
  private boolean asked;
  private long lastHeardNanos;

  LivenessProbe(Channel channel, UpstreamConfig config) {
    this.channel = channel;
    this.config = config;
    channel.closeFuture().addListener(closed -> stop());
  }

  /** Watches over the connection from now on. */
  void start() {
    if (next == null) {
      lastHeardNanos = System.nanoTime();
      schedule(config.pingInterval().toNanos());
    }
  }

  /** The connection may be as silent as it likes. */
  void stop() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
    asked = false;
  }

  void answered() {
    asked = false;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    lastHeardNanos = System.nanoTime();
    asked = false;
    ctx.fireChannelRead(bytes);
  }

  private void schedule(long delayNanos) {
    next = channel.eventLoop().schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
  }

  private void check() {
    long untilPing = config.pingInterval().toNanos() - (System.nanoTime() - lastHeardNanos);
    if (asked) {
      channel.close();
    } else if (untilPing > 0) {
      schedule(untilPing);
    } else {
      asked = true;
      channel.writeAndFlush(new DefaultHttp2PingFrame(lastHeardNanos));
      schedule(config.pingAnswer().toNanos());
    }
  }
}
