package io.hiberlet.agent.hostio.http;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;

/**
 * The server over Netty: HTTP/2 where it speaks it, else HTTP/1.1 with kept connections. Everything
 * happens on one event loop of the group, which is plenty for one server, so nothing needs a lock.
 */
public final class NettyUpstream implements Upstream {
  private final UpstreamConfig config;
  private final EventLoop loop;
  private final ConnectionPool pool;

  /**
   * @param group NIO or epoll; outlives this object
   */
  public NettyUpstream(UpstreamConfig config, EventLoopGroup group) {
    this.config = config;
    this.loop = group.next();
    this.pool = new ConnectionPool(new Connector(config, group, loop), config);
  }

  @Override
  public Exchange send(UpstreamRequest request, ExchangeListener listener) {
    Call call = new Call(request, listener, loop, config);
    loop.execute(
        () -> {
          if (!call.isOver()) {
            call.expectHead();
            pool.submit(call);
          }
        });
    return call;
  }

  @Override
  public void close() {
    loop.execute(pool::close);
  }
}
