package io.hiberlet.node.api.exec;

import io.hiberlet.node.ExecStreams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The streams of a command over WebSocket (RFC 6455): every binary message begins with the number
 * of its stream. Version 5 of the protocol lets the client end one stream (KEP-4006).
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // A failed write closes the channel, which is handled.
public final class WebSocketTransport implements ExecTransport {

  private static final List<StreamProtocol> SUPPORTED =
      List.of(StreamProtocol.V5, StreamProtocol.V4);

  static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** What frames of a client may be like. */
  static final WebSocketDecoderConfig FRAMES =
      WebSocketDecoderConfig.newBuilder()
          .maxFramePayloadLength(MAX_MESSAGE_BYTES)
          .allowExtensions(false)
          .build();

  private final Channel channel;
  private final StreamOptions options;
  private final WebSocketStreams streams;

  private WebSocketTransport(Channel channel, StreamProtocol protocol, StreamOptions options) {
    this.channel = channel;
    this.options = options;
    this.streams = new WebSocketStreams(channel, protocol);
  }

  /** Whether a request asks for a WebSocket. */
  public static boolean isWanted(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /**
   * Switches the connection to WebSocket.
   *
   * @throws UpgradeException when the handshake is wrong or asks for no protocol known here
   */
  public static WebSocketTransport upgrade(
      Channel channel, String uri, HttpHeaders headers, StreamOptions options)
      throws UpgradeException, IOException, InterruptedException {
    List<String> wanted = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
    StreamProtocol protocol =
        StreamProtocol.negotiate(wanted, SUPPORTED)
            .orElseThrow(
                () ->
                    new UpgradeException(
                        400,
                        "unable to upgrade: client supports %s, server accepts %s"
                            .formatted(wanted, StreamProtocol.ids(SUPPORTED))));
    WebSocketTransport transport = new WebSocketTransport(channel, protocol, options);
    transport.handshake(
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.GET,
            uri,
            Unpooled.EMPTY_BUFFER,
            headers,
            EmptyHttpHeaders.INSTANCE),
        protocol);
    return transport;
  }

  @Override
  public ExecStreams awaitStreams() throws IOException {
    StreamType greeted =
        options.stdout()
            ? StreamType.STDOUT
            : options.stderr() ? StreamType.STDERR : StreamType.ERROR;
    // As the kubelet does: an empty message says that the connection stands.
    ChannelWriter.write(channel, message(greeted, Unpooled.EMPTY_BUFFER));
    return new ExecStreams(
        options.stdin() ? streams.stdin().input() : InputStream.nullInputStream(),
        options.stdout() ? output(StreamType.STDOUT) : OutputStream.nullOutputStream(),
        options.stderr() ? output(StreamType.STDERR) : OutputStream.nullOutputStream(),
        streams.sizes());
  }

  @Override
  public void ignoreInput() {
    streams.stdin().discard();
  }

  @Override
  public void finish(ExecStatus status) throws IOException, InterruptedException {
    streams.stdin().discard();
    ByteBuf json = Unpooled.copiedBuffer(status.json(), StandardCharsets.UTF_8);
    ChannelWriter.write(channel, message(StreamType.ERROR, json));
    ChannelWriter.write(channel, new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    Linger.untilClosed(channel);
  }

  private void handshake(FullHttpRequest request, StreamProtocol protocol)
      throws UpgradeException, IOException, InterruptedException {
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory(request.uri(), protocol.id(), FRAMES)
            .newHandshaker(request);
    if (handshaker == null) {
      throw new UpgradeException(426, "only version 13 of the WebSocket protocol is spoken here");
    }
    var shaken = channel.eventLoop().submit(() -> switchProtocol(handshaker, request)).await();
    if (shaken.cause() instanceof WebSocketHandshakeException e) {
      throw new UpgradeException(400, "unable to upgrade: " + e.getMessage());
    } else if (shaken.cause() != null) {
      throw new IOException("cannot switch to WebSocket", shaken.cause());
    }
  }

  /** On the event loop, so that no byte is read between the two protocols. */
  private void switchProtocol(WebSocketServerHandshaker handshaker, FullHttpRequest request) {
    handshaker.handshake(channel, request);
    channel
        .pipeline()
        .addLast(new WebSocketFrameAggregator(MAX_MESSAGE_BYTES))
        .addLast(new IdleStateHandler(0, Linger.PING_SECONDS, 0))
        .addLast(streams);
  }

  private OutputStream output(StreamType type) {
    return ChannelWriter.stream(channel, bytes -> message(type, bytes));
  }

  private static BinaryWebSocketFrame message(StreamType type, ByteBuf bytes) {
    ByteBuf number = Unpooled.wrappedBuffer(new byte[] {(byte) type.number()});
    return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(number, bytes));
  }
}
