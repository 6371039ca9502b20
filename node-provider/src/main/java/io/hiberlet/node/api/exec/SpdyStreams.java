package io.hiberlet.node.api.exec;

import io.hiberlet.node.TerminalSizes;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The SPDY streams that a client opens for one command: at most one of each type. Frames are
 * handled on the event loop; the thread of the command waits here and asks for stream numbers.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // A failed write closes the channel, which is handled.
final class SpdyStreams extends SimpleChannelInboundHandler<SpdyFrame> {

  /** The kubelet's. */
  private static final int CREATION_SECONDS = 30;

  private static final String STREAM_TYPE = "streamtype";

  private final Set<StreamType> expected;
  private final CountDownLatch missing;
  private final Map<StreamType, Integer> open = new ConcurrentHashMap<>();
  private final InboundPipe stdin;
  private final ResizeReader resizes = new ResizeReader();
  private int lastStreamId;
  private int nextPingId = 2;

  SpdyStreams(Channel channel, Set<StreamType> expected) {
    this.expected = expected;
    this.missing = new CountDownLatch(expected.size());
    this.stdin = new InboundPipe(channel);
  }

  InboundPipe stdin() {
    return stdin;
  }

  TerminalSizes sizes() {
    return resizes.sizes();
  }

  void awaitAll() throws IOException, InterruptedException {
    if (!missing.await(CREATION_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("timed out waiting for client to create streams");
    }
  }

  boolean isOpen(StreamType type) {
    return open.containsKey(type);
  }

  /** The number to write to; fails once the client does not want to hear more. */
  int openId(StreamType type) throws IOException {
    Integer id = open.get(type);
    if (id == null) {
      throw new IOException("the client has closed " + type.wireName());
    }
    return id;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, SpdyFrame frame) {
    switch (frame) {
      case SpdySynStreamFrame opening -> open(ctx, opening);
      case SpdyDataFrame data -> receive(data);
      case SpdyRstStreamFrame reset -> close(reset.streamId());
      case SpdyPingFrame ping -> answer(ctx, ping);
      case SpdyGoAwayFrame goAway -> ctx.close();
      default -> {
        // SETTINGS, HEADERS and WINDOW_UPDATE mean nothing in this dialect.
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof IdleStateEvent) {
      ctx.writeAndFlush(new DefaultSpdyPingFrame(nextPingId));
      nextPingId = (nextPingId + 2) & Integer.MAX_VALUE;
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    open.clear();
    stdin.fail("the client has gone");
    super.channelInactive(ctx);
  }

  private void open(ChannelHandlerContext ctx, SpdySynStreamFrame opening) {
    int id = opening.streamId();
    StreamType type = StreamType.of(String.valueOf(opening.headers().get(STREAM_TYPE)));
    boolean numbered = id % 2 == 1 && id > lastStreamId;
    if (opening.isInvalid()
        || !numbered
        || type == null
        || !expected.contains(type)
        || open.putIfAbsent(type, id) != null) {
      ctx.writeAndFlush(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.PROTOCOL_ERROR));
      return;
    }
    lastStreamId = id;
    if (type == StreamType.STDIN && opening.isLast()) {
      stdin.end();
    }
    // Netty writes no header block at all when there is no header, which Go cannot read.
    var reply = new DefaultSpdySynReplyFrame(id);
    reply.headers().set(STREAM_TYPE, type.wireName());
    ctx.writeAndFlush(reply);
    missing.countDown();
  }

  private void receive(SpdyDataFrame data) {
    if (is(StreamType.STDIN, data.streamId())) {
      stdin.offer(data.content());
      if (data.isLast()) {
        stdin.end();
      }
    } else if (is(StreamType.RESIZE, data.streamId())) {
      resizes.read(data.content());
    }
  }

  private void close(int id) {
    if (is(StreamType.STDIN, id)) {
      stdin.end();
    }
    open.values().removeIf(open -> open == id);
  }

  private boolean is(StreamType type, int id) {
    Integer openId = open.get(type);
    return openId != null && openId == id;
  }

  /** Clients number their pings oddly; an even one is the answer to ours. */
  private static void answer(ChannelHandlerContext ctx, SpdyPingFrame ping) {
    if (ping.id() % 2 != 0) {
      ctx.writeAndFlush(new DefaultSpdyPingFrame(ping.id()));
    }
  }
}
