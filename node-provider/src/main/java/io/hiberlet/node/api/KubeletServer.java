package io.hiberlet.node.api;

import io.hiberlet.node.api.exec.StreamIdleTimeout;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kubelet's HTTPS port. Connections live on the event loops that are handed in; every request
 * is answered on a virtual thread of its own, where it is authenticated, authorized and routed.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // A failed write closes the channel, which is handled.
public final class KubeletServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KubeletServer.class);
  private static final int CLOSE_SECONDS = 5;

  /** Left alone, the kernel lets one slow connection grow to many megabytes each way. */
  private static final int SOCKET_BUFFER_BYTES = 256 << 10;

  private final ExecutorService answering =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kubelet-api-", 0).factory());
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final Channel listener;

  /**
   * Starts to listen.
   *
   * @param loops stay the caller's
   * @param address port 0 picks a free one
   * @param requests hears of every request
   * @throws IOException when the address cannot be had
   */
  public KubeletServer(
      IoEventLoopGroup loops,
      InetSocketAddress address,
      ServerTls tls,
      AccessControl access,
      NodeContent content,
      RequestListener requests,
      ServerLimits limits)
      throws IOException {
    Router router = new Router(requests, access, content, InstantSource.system());
    SslContext context = tls.context();
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(channelType(loops))
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
            .childOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, context, router, limits);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      answering.shutdownNow();
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    listener = bound.channel();
    log.atInfo().addKeyValue("address", listener.localAddress()).log("Kubelet API is up");
  }

  /** The port that is listened on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Stops listening, ends what is being answered, and waits a few seconds for that. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    answering.shutdownNow();
    try {
      if (!answering.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        log.atWarn().log("Some requests did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(Channel channel, SslContext tls, Router router, ServerLimits limits) {
    if (connections.size() >= limits.maxConnections()) {
      log.atWarn().addKeyValue("limit", limits.maxConnections()).log("Too many connections");
      channel.close();
      return;
    }
    connections.add(channel);
    SslHandler handshake = tls.newHandler(channel.alloc(), answering);
    handshake.setHandshakeTimeoutMillis(limits.handshakeTimeout().toMillis());
    HttpDecoderConfig http =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.maxHeaderBytes())
            .setMaxHeaderSize(limits.maxHeaderBytes());
    channel
        .pipeline()
        .addLast(handshake)
        .addLast(new HttpServerCodec(http))
        .addLast(new HttpObjectAggregator(limits.maxBodyBytes(), true))
        .addLast(new StreamIdleTimeout(limits.streamIdleTimeout()))
        .addLast(new HttpConnection(router, answering, limits.requestTimeout()));
  }

  private static Class<? extends ServerSocketChannel> channelType(IoEventLoopGroup loops) {
    return loops.isIoType(NioIoHandler.class)
        ? NioServerSocketChannel.class
        : EpollServerSocketChannel.class;
  }
}
