package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.NettyUpstream;
import io.hiberlet.agent.hostio.http.Upstream;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The host's side of what guests ask for: one per agent, one {@link ControllerOperations} per
 * controller. May be used by any thread.
 */
public final class HostIo implements AutoCloseable {
  private final HostIoConfig config;
  private final Upstream upstream;
  private final WallClock clock;
  private final Executor executor;
  private final ByteBudget gathered;
  private final SplittableRandom random;
  private final Supplier<RandomGenerator> randoms = this::split;
  private final Consumer<ControllerOperations> onClose;
  private final Set<ControllerOperations> open = ConcurrentHashMap.newKeySet();

  /**
   * @param loops NIO or epoll; must outlive this object
   * @throws IllegalArgumentException when the configuration makes no sense
   */
  public HostIo(HostIoConfig config, EventLoopGroup loops) {
    this(config, loops, loops.next());
  }

  private HostIo(HostIoConfig config, EventLoopGroup loops, EventLoop loop) {
    this(
        config,
        new NettyUpstream(config.upstream(), loops),
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
    this.config = config;
    this.upstream = upstream;
    this.clock = clock;
    this.executor = executor;
    this.gathered = new ByteBudget(config.limits().gatheredBytesOfAll());
    this.random = random;
    this.onClose = open::remove;
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
    Upstream authorized =
        new AuthorizedUpstream(upstream, token, executor, config.timeouts().responseHead());
    OperationContext context =
        new OperationContext(
            inbox, authorized, clock, config.limits(), config.timeouts(), gathered, randoms);
    ControllerOperations operations = new ControllerOperations(context, state.nextId(), onClose);
    open.add(operations);
    operations.restore(state.pending());
    return operations;
  }

  /** Closes what is open, and the connections to the API server. */
  @Override
  public void close() {
    List.copyOf(open).forEach(ControllerOperations::close);
    upstream.close();
  }

  private RandomGenerator split() {
    synchronized (random) {
      return random.split();
    }
  }
}
