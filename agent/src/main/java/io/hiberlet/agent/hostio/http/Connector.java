package io.hiberlet.agent.hostio.http;

import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections: name, TCP, TLS, ALPN. Belongs to one event loop, except for the look-up of the
 * name, which the JDK can do by blocking only and which therefore has a virtual thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class Connector {

  /** A channel that has settled on a protocol. */
  record Opened(Channel channel, boolean multiplexed) {}

  private static final int READ_BYTES = 32 * 1024;

  private final UpstreamConfig config;
  private final EventLoop loop;
  private final Class<? extends SocketChannel> channelType;
  private final @Nullable ClientTls tls;

  Connector(UpstreamConfig config, EventLoopGroup group, EventLoop loop) {
    this.config = config;
    this.loop = loop;
    boolean epoll = group instanceof IoEventLoopGroup io && io.isIoType(EpollIoHandler.class);
    this.channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    this.tls =
        config.secure() ? new ClientTls(config.caCertificates(), config.keyManagers()) : null;
  }

  /** Opens one connection, trying the addresses of the host one after the other. */
  Promise<Opened> open() {
    Promise<Opened> result = loop.newPromise();
    Thread.ofVirtual().name("resolve-api-server").start(() -> resolve(result));
    return result;
  }

  /** Why no connection came about, as a sentence. */
  UpstreamException failure(Throwable cause) {
    return new UpstreamException(
        Reason.CONNECTION, "no connection to " + config.authority() + ": " + cause, cause);
  }

  private void resolve(Promise<Opened> result) {
    try {
      List<InetAddress> addresses = List.of(InetAddress.getAllByName(config.host()));
      loop.execute(() -> connect(addresses.iterator(), result));
    } catch (UnknownHostException e) {
      result.tryFailure(e);
    }
  }

  private void connect(Iterator<InetAddress> addresses, Promise<Opened> result) {
    Promise<Opened> attempt = loop.newPromise();
    attempt.addListener(
        done -> {
          if (attempt.isSuccess()) {
            result.setSuccess(attempt.getNow());
          } else if (addresses.hasNext()) {
            connect(addresses, result);
          } else {
            result.setFailure(attempt.cause());
          }
        });
    bootstrap(attempt)
        .connect(new InetSocketAddress(addresses.next(), config.port()))
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                attempt.tryFailure(connected.cause());
              }
            });
  }

  private Bootstrap bootstrap(Promise<Opened> attempt) {
    return new Bootstrap()
        .group(loop)
        .channel(channelType)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(config.connect().toMillis()))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(512, 2048, READ_BYTES).maxMessagesPerRead(1))
        .handler(new Handshake(attempt));
  }

  /** The first handler of a channel: leaves the pipeline when the protocol is known. */
  private final class Handshake extends ChannelInboundHandlerAdapter {
    private final Promise<Opened> attempt;

    Handshake(Promise<Opened> attempt) {
      this.attempt = attempt;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      if (tls != null) {
        ctx.pipeline().addFirst(tls.handler(ctx.alloc(), config));
      }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (tls == null) {
        settle(ctx, false);
      }
      ctx.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent completion) {
        if (completion.isSuccess()) {
          String protocol = ctx.pipeline().get(SslHandler.class).applicationProtocol();
          settle(ctx, ApplicationProtocolNames.HTTP_2.equals(protocol));
        } else {
          attempt.tryFailure(completion.cause());
          ctx.close();
        }
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      attempt.tryFailure(new IOException("closed by the server during the handshake"));
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      attempt.tryFailure(cause);
      ctx.close();
    }

    private void settle(ChannelHandlerContext ctx, boolean multiplexed) {
      ctx.pipeline().remove(this);
      if (!attempt.trySuccess(new Opened(ctx.channel(), multiplexed))) {
        ctx.close();
      }
    }
  }
}
