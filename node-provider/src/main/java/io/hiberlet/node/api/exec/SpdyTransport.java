package io.hiberlet.node.api.exec;

import io.hiberlet.node.ExecStreams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The streams of a command over SPDY/3.1, in the dialect of Kubernetes: the client opens one SPDY
 * stream per stream and names it in the header {@code streamType}.
 *
 * <p>That dialect has no flow control. The one implementation on the other side, moby/spdystream,
 * was seen neither to send nor to handle WINDOW_UPDATE, so a sender that kept to the windows would
 * stop for good after 64 KiB. What slows a sender down here, both ways, is TCP.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // A failed write closes the channel, which is handled.
public final class SpdyTransport implements ExecTransport {

  private static final String SPDY_3_1 = "SPDY/3.1";
  private static final String PROTOCOL_HEADER = "X-Stream-Protocol-Version";
  private static final List<StreamProtocol> SUPPORTED = List.of(StreamProtocol.values());

  private final Channel channel;
  private final StreamProtocol protocol;
  private final StreamOptions options;
  private final SpdyStreams streams;

  private SpdyTransport(Channel channel, StreamProtocol protocol, StreamOptions options) {
    this.channel = channel;
    this.protocol = protocol;
    this.options = options;
    this.streams = new SpdyStreams(channel, StreamType.expected(options, protocol));
  }

  /**
   * Switches the connection to SPDY.
   *
   * @throws UpgradeException when the client does not ask for it, or in no version known here
   */
  public static SpdyTransport upgrade(Channel channel, HttpHeaders headers, StreamOptions options)
      throws UpgradeException, IOException, InterruptedException {
    if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        || !headers.containsValue(HttpHeaderNames.UPGRADE, SPDY_3_1, true)) {
      throw new UpgradeException(400, "Upgrade request required");
    }
    StreamProtocol protocol = negotiate(headers);
    SpdyTransport transport = new SpdyTransport(channel, protocol, options);
    var switched = channel.eventLoop().submit(transport::switchProtocol).await();
    if (!switched.isSuccess()) {
      throw new IOException("cannot switch to SPDY", switched.cause());
    }
    return transport;
  }

  @Override
  public ExecStreams awaitStreams() throws IOException, InterruptedException {
    streams.awaitAll();
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
    if (options.stdout()) {
      end(StreamType.STDOUT, Unpooled.EMPTY_BUFFER);
    }
    if (options.stderr()) {
      end(StreamType.STDERR, Unpooled.EMPTY_BUFFER);
    }
    String told = protocol.hasStatus() ? status.json() : status.message();
    end(StreamType.ERROR, Unpooled.copiedBuffer(told, StandardCharsets.UTF_8));
    Linger.untilClosed(channel);
  }

  private static StreamProtocol negotiate(HttpHeaders headers) throws UpgradeException {
    List<String> wanted = headers.getAll(PROTOCOL_HEADER);
    if (wanted.isEmpty()) {
      return StreamProtocol.V1;
    }
    return StreamProtocol.negotiate(wanted, SUPPORTED)
        .orElseThrow(
            () ->
                new UpgradeException(
                    403,
                    "unable to upgrade: unable to negotiate protocol: client supports %s, server accepts %s"
                        .formatted(wanted, StreamProtocol.ids(SUPPORTED))));
  }

  /** On the event loop, so that no byte is read between the two protocols. */
  private void switchProtocol() {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    response.headers().set(HttpHeaderNames.CONNECTION, "Upgrade");
    response.headers().set(HttpHeaderNames.UPGRADE, SPDY_3_1);
    response.headers().set(PROTOCOL_HEADER, protocol.id());
    channel.writeAndFlush(response);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(HttpObjectAggregator.class);
    pipeline.addLast(new IdleStateHandler(0, Linger.PING_SECONDS, 0));
    pipeline.addLast(streams);
    pipeline.replace(HttpServerCodec.class, "spdy", new SpdyFrames(channel));
    pipeline.addBefore("spdy", "paused reads", new PausedReads());
    pipeline.addAfter("spdy", "header errors", new SpdyHeaderErrors());
  }

  private OutputStream output(StreamType type) {
    return ChannelWriter.stream(channel, bytes -> data(type, bytes));
  }

  private DefaultSpdyDataFrame data(StreamType type, ByteBuf bytes) throws IOException {
    try {
      return new DefaultSpdyDataFrame(streams.openId(type), bytes);
    } catch (IOException e) {
      bytes.release();
      throw e;
    }
  }

  private void end(StreamType type, ByteBuf lastBytes) throws IOException {
    if (streams.isOpen(type)) {
      DefaultSpdyDataFrame frame = data(type, lastBytes);
      frame.setLast(true);
      ChannelWriter.write(channel, frame);
    }
  }
}
