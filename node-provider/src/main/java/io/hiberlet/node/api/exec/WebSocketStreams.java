package io.hiberlet.node.api.exec;

import io.hiberlet.node.TerminalSizes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;

/** What a client sends over a WebSocket. Owned by the event loop. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // A failed write closes the channel, which is handled.
final class WebSocketStreams extends SimpleChannelInboundHandler<WebSocketFrame> {

  /** Version 5: the byte after it is the stream that the client has ended. */
  private static final int CLOSE_SIGNAL = 255;

  private final StreamProtocol protocol;
  private final InboundPipe stdin;
  private final ResizeReader resizes = new ResizeReader();

  WebSocketStreams(Channel channel, StreamProtocol protocol) {
    this.protocol = protocol;
    this.stdin = new InboundPipe(channel);
  }

  InboundPipe stdin() {
    return stdin;
  }

  TerminalSizes sizes() {
    return resizes.sizes();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case BinaryWebSocketFrame message -> receive(message.content());
      case PingWebSocketFrame ping ->
          ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
      case CloseWebSocketFrame closing ->
          ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
              .addListener(ChannelFutureListener.CLOSE);
      case TextWebSocketFrame text ->
          ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE))
              .addListener(ChannelFutureListener.CLOSE);
      default -> {
        // A pong needs no answer.
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof IdleStateEvent) {
      ctx.writeAndFlush(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    stdin.fail("the client has gone");
    super.channelInactive(ctx);
  }

  private void receive(ByteBuf message) {
    if (!message.isReadable()) {
      return;
    }
    int stream = message.readUnsignedByte();
    if (stream == StreamType.STDIN.number()) {
      stdin.offer(message);
    } else if (stream == StreamType.RESIZE.number()) {
      resizes.read(message);
    } else if (stream == CLOSE_SIGNAL
        && protocol == StreamProtocol.V5
        && message.isReadable()
        && message.readUnsignedByte() == StreamType.STDIN.number()) {
      stdin.end();
    }
  }
}
