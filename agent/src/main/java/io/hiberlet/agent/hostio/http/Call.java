package io.hiberlet.agent.hostio.http;

import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request from the moment it is sent to its end, over one connection or, when the first one
 * turned out not to have taken it, two. All but {@link #resume} and {@link #cancel} belongs to the
 * upstream's event loop.
 */
final class Call implements Exchange {

  /** What currently carries a call. Called by the event loop. */
  interface Carrier {
    void readOn();

    /** Frees the connection of the call, whose listener hears no more. */
    void drop();
  }

  private final UpstreamRequest request;
  private final ExchangeListener listener;
  private final EventLoop loop;
  private final UpstreamConfig config;
  private @Nullable Carrier carrier;
  private @Nullable Future<?> timeout;
  private boolean headSeen;
  private boolean retried;
  private boolean over;

  Call(UpstreamRequest request, ExchangeListener listener, EventLoop loop, UpstreamConfig config) {
    this.request = request;
    this.listener = listener;
    this.loop = loop;
    this.config = config;
  }

  @Override
  public void resume() {
    loop.execute(
        () -> {
          if (!over && carrier != null) {
            expectBody();
            carrier.readOn();
          }
        });
  }

  @Override
  public void cancel() {
    loop.execute(this::end);
  }

  UpstreamRequest request() {
    return request;
  }

  /** Whether nobody waits for it any more. */
  boolean isOver() {
    return over;
  }

  /** Starts the clock for the head of the answer. */
  void expectHead() {
    expect(config.responseHead(), "no answer within ");
  }

  void carriedBy(Carrier newCarrier) {
    carrier = newCarrier;
  }

  /** It is with no connection, for the first time or again. */
  void unsent() {
    carrier = null;
  }

  void head(ResponseHead head) {
    headSeen = true;
    expectBody();
    listener.onHead(head);
  }

  /** Hands on a piece; whether to read on. */
  boolean body(byte[] piece) {
    boolean more = listener.onBody(piece);
    if (over) {
      return false;
    }
    if (more) {
      expectBody();
    } else {
      stopClock(); // it is the guest now who is slow
    }
    return more;
  }

  void complete() {
    if (!over) {
      carrier = null;
      end();
      listener.onEnd();
    }
  }

  /** Ends it, and frees whatever carries it. */
  void fail(UpstreamException failure) {
    if (!over) {
      end();
      listener.onFailure(failure);
    }
  }

  /** Whether it may be sent once more, the server not having acted on it; asks once only. */
  boolean mayRetry() {
    boolean first = !over && !headSeen && !retried;
    retried = true;
    return first;
  }

  private void end() {
    over = true;
    stopClock();
    Carrier last = carrier;
    carrier = null;
    if (last != null) {
      last.drop();
    }
  }

  private void expectBody() {
    if (request.streaming()) {
      stopClock();
    } else {
      expect(config.bodyIdle(), "the answer stood still for ");
    }
  }

  private void expect(Duration limit, String what) {
    stopClock();
    timeout =
        loop.schedule(
            () -> fail(new UpstreamException(Reason.TIMEOUT, what + limit.toMillis() + " ms")),
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void stopClock() {
    if (timeout != null) {
      timeout.cancel(false);
      timeout = null;
    }
  }
}
