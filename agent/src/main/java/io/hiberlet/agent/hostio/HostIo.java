package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.NettyUpstream;
import io.hiberlet.agent.hostio.http.ObservedUpstream;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamObserver;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The host's side of what guests ask for: one per agent, one {@link ControllerOperations} per
 * controller. May be used by any thread.
 */
public final class HostIo implements AutoCloseable {
  private final SharedContext shared;
  private final SplittableRandom random;

  /**
   * @param loops NIO or epoll; must outlive this object
   * @throws IllegalArgumentException when the configuration makes no sense
   */
  public HostIo(HostIoConfig config, EventLoopGroup loops) {
    this(config, loops, UpstreamObserver.NONE);
  }

  /** The same, with somebody who hears how requests go. */
  public HostIo(HostIoConfig config, EventLoopGroup loops, UpstreamObserver observer) {
    this(
        config,
        new ObservedUpstream(new NettyUpstream(config.upstream(), loops), observer),
        loops.next());
  }

  private HostIo(HostIoConfig config, Upstream upstream, EventLoop loop) {
    this(
        config,
        upstream,
        new LoopClock(loop, InstantSource.system()),
        loop,
        new SplittableRandom());
  }

  HostIo(
      HostIoConfig config,
      Upstream upstream,
      WallClock clock,
      Executor executor,
      SplittableRandom random) {
    this.random = random;
    this.shared =
        new SharedContext(
            upstream,
            clock,
            executor,
            config.limits(),
            config.timeouts(),
            new ByteBudget(config.limits().gatheredBytesOfAll()),
            this::split);
  }

  /**
   * Takes up the operations of a controller: watches go on from their position, timers keep their
   * deadline, requests that were under way are answered with an error. Completions may be there
   * before this returns.
   *
   * @param state {@link OperationsState#INITIAL} for a new controller
   * @param token of the controller's identity
   */
  public ControllerOperations open(
      OperationsState state, TokenSource token, OperationsListener listener) {
    Inbox inbox = new Inbox(listener);
    OperationContext context =
        new OperationContext(inbox, new AuthorizedUpstream(token, shared), shared);
    ControllerOperations operations = new ControllerOperations(context, state.nextId());
    operations.restore(state.pending());
    return operations;
  }

  /** Closes the connections to the API server; operations are closed by those who opened them. */
  @Override
  public void close() {
    shared.upstream().close();
  }

  private RandomGenerator split() {
    synchronized (random) {
      return random.split();
    }
  }
}
