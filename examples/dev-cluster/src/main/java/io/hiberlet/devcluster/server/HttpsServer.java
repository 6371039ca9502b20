package io.hiberlet.devcluster.server;

import io.hiberlet.devcluster.api.ApiServer;
import io.hiberlet.devcluster.auth.Authenticator;
import io.hiberlet.devcluster.pki.Identity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The HTTPS port on loopback, HTTP/1.1 and HTTP/2. Owns its threads and connections. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class HttpsServer implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int BACKLOG = 512;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel port;

  /**
   * Listens.
   *
   * @param port 0 for any
   * @param identity what the server shows
   * @param bookmarkInterval how often a watch says how far it is
   * @throws IOException when the port is taken
   */
  public HttpsServer(
      int port,
      Identity identity,
      ApiServer api,
      Authenticator authenticator,
      KubeletConnector kubelets,
      Duration bookmarkInterval)
      throws IOException {
    SslContext tls = ServerTls.context(identity);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connections.add(connection);
                    connection
                        .pipeline()
                        .addLast(tls.newHandler(connection.alloc()))
                        .addLast(
                            new ProtocolChooser(
                                () ->
                                    new RequestHandler(
                                        api, authenticator, kubelets, bookmarkInterval)));
                  }
                });
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      this.port = bootstrap.bind(address).syncUninterruptibly().channel();
    } catch (RuntimeException | Error e) {
      group.shutdownGracefully();
      throw e;
    } catch (Exception e) {
      group.shutdownGracefully();
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) port.localAddress();
  }

  /** Cuts all connections and frees the port before it returns. */
  @Override
  public void close() {
    port.close().syncUninterruptibly();
    connections.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
